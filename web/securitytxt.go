package web

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

const pathSecurityText = "/.well-known/security.txt"

// securityText says whom to tell of a hole (RFC 9116). It has to expire; that it is
// served shows that somebody still looks after it.
func (s *Server) securityText(c *call) error {
	if len(s.Options.SecurityContacts) == 0 {
		return review.Errorf(review.CodeNotFound, "nobody said whom to tell")
	}
	var b strings.Builder
	for _, contact := range s.Options.SecurityContacts {
		fmt.Fprintf(&b, "Contact: %s\n", contact)
	}
	fmt.Fprintf(&b, "Expires: %s\nPreferred-Languages: en, de\n", s.Clock().UTC().AddDate(0, 0, 30).Truncate(24*time.Hour).Format(time.RFC3339))
	if s.Options.PublicURL != "" {
		fmt.Fprintf(&b, "Canonical: %s%s\n", s.Options.PublicURL, pathSecurityText)
	}
	return c.Blob(http.StatusOK, "text/plain; charset=utf-8", []byte(b.String()))
}
