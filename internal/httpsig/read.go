package httpsig

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/dunglas/httpsfv"
)

// Malformed says why a signature cannot be read. It repeats nothing of a secret and may be told to who sent it.
type Malformed struct{ Message string }

func (m *Malformed) Error() string { return m.Message }

func malformed(format string, args ...any) error { return &Malformed{fmt.Sprintf(format, args...)} }

// Read returns the signature that a request carries for Guardroom, nil when it carries none, and a *Malformed when it
// carries one that breaks the profile. hasBody tells whether a body may follow.
func Read(r *http.Request, hasBody bool) (*Signature, error) {
	label, input, err := inputOf(r.Header)
	if err != nil || label == "" {
		return nil, err
	}
	s := &Signature{}
	if err := s.params(input.Params); err != nil {
		return nil, err
	}
	if s.mac, err = bytesAt(r.Header, fieldSignature, label); err != nil {
		return nil, err
	}
	parts, err := partsOf(input)
	if err != nil {
		return nil, err
	}
	if s.base, _, err = baseOf(r, parts, input); err != nil {
		return nil, err
	}
	if slices.Contains(parts, partDigest) {
		if s.digest, err = readDigest(r.Header); err != nil {
			return nil, err
		}
		return s, nil
	}
	if hasBody {
		return nil, malformed("the signature of a request with a body covers %q", partDigest)
	}
	return s, nil
}

// inputOf finds the one signature that is for us.
func inputOf(h http.Header) (label string, input httpsfv.InnerList, err error) {
	values := h.Values(fieldInput)
	if len(values) == 0 {
		return "", input, nil
	}
	members, err := dictionary(values, fieldInput)
	if err != nil {
		return "", input, err
	}
	for _, name := range members.Names() {
		member, _ := members.Get(name)
		list, is := member.(httpsfv.InnerList)
		if !is {
			return "", input, malformed("%s: a member is not a list of parts", fieldInput)
		}
		if tag, _ := list.Params.Get("tag"); tag != Tag {
			continue
		}
		if label != "" {
			return "", input, malformed("%s: two signatures have the tag %q", fieldInput, Tag)
		}
		label, input = name, list
	}
	return label, input, nil
}

func dictionary(values []string, field string) (*httpsfv.Dictionary, error) {
	size := 0
	for _, v := range values {
		size += len(v)
	}
	if size > maxFieldBytes {
		return nil, malformed("%s: it is longer than %d bytes", field, maxFieldBytes)
	}
	members, err := httpsfv.UnmarshalDictionary(values)
	if err != nil {
		return nil, malformed("%s: this is not a dictionary (RFC 9651)", field)
	}
	return members, nil
}

// bytesAt is a member of a dictionary that is a byte sequence.
func bytesAt(h http.Header, field, name string) ([]byte, error) {
	members, err := dictionary(h.Values(field), field)
	if err != nil {
		return nil, err
	}
	member, _ := members.Get(name)
	if item, is := member.(httpsfv.Item); is {
		if value, is := item.Value.([]byte); is {
			return value, nil
		}
	}
	return nil, malformed("%s: the bytes of the signature that %s announces are missing", field, fieldInput)
}

// params reads what a signature says of itself. What is not known is refused: nobody may think that it counts.
func (s *Signature) params(p *httpsfv.Params) error {
	for _, name := range p.Names() {
		value, _ := p.Get(name)
		if err := s.param(name, value); err != nil {
			return err
		}
	}
	switch {
	case s.Created.IsZero():
		return malformed("the signature does not say when it was created")
	case s.KeyID == "":
		return malformed("the signature names no keyid")
	case s.Nonce == "":
		return malformed("the signature has no nonce")
	}
	return nil
}

func (s *Signature) param(name string, value any) error {
	fits := false
	switch name {
	case "created":
		s.Created, fits = second(value)
	case "expires":
		s.Expires, fits = second(value)
	case "keyid":
		s.KeyID, fits = visible(value, 1, maxKeyBytes)
	case "nonce":
		s.Nonce, fits = visible(value, minNonceBytes, maxNonceBytes)
	case "alg":
		fits = value == Algorithm
	case "tag":
		fits = value == Tag
	}
	if !fits {
		return malformed("the parameter %q of the signature is not known here, or has a value that cannot be", shown(name))
	}
	return nil
}

// second is a time in seconds since 1970, from 1970 to the year 9999.
func second(value any) (time.Time, bool) {
	n, is := value.(int64)
	return time.Unix(n, 0).UTC(), is && n > 0 && n < 253_402_300_800
}

func visible(value any, least, most int) (string, bool) {
	text, is := value.(string)
	fits := is && len(text) >= least && len(text) <= most && !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' })
	return text, fits
}

// shown keeps an answer from growing with what was sent.
func shown(name string) string { return name[:min(len(name), maxKeyBytes)] }

// partsOf lists what is covered. Parameters of parts, which change what their value is, are not known here.
func partsOf(input httpsfv.InnerList) ([]string, error) {
	if len(input.Items) > maxParts {
		return nil, malformed("the signature covers more than %d parts", maxParts)
	}
	var parts []string
	for _, item := range input.Items {
		name, is := item.Value.(string)
		if !is || len(item.Params.Names()) > 0 || name != strings.ToLower(name) || slices.Contains(parts, name) {
			return nil, malformed("a part that the signature covers is not a name in small letters, has parameters, or stands twice")
		}
		parts = append(parts, name)
	}
	for _, needed := range []string{partMethod, partPath, partQuery} {
		if !slices.Contains(parts, needed) {
			return nil, malformed("the signature does not cover %q", needed)
		}
	}
	return parts, nil
}
