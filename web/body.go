package web

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/guardroom/guardroom/internal/review"
)

// maxFormBytes bounds a form: the longest note and reason, percent-encoded, fit.
const maxFormBytes = 256 << 10

// bodies are buffers for request bodies: what is decoded from one never points into it.
var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// maxPooledBody: a buffer that one large body blew up is not kept.
const maxPooledBody = 64 << 10

func recycle(b *bytes.Buffer) {
	if b.Cap() <= maxPooledBody {
		b.Reset()
		bodies.Put(b)
	}
}

// readBody reads a request's body of at most limit bytes. The caller recycles it.
func (c *call) readBody(limit int64) (*bytes.Buffer, error) {
	r := c.Request()
	if coding := r.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		c.Response().Header().Set("Accept-Encoding", "identity")
		return nil, review.Errorf(codeUnsupportedMedia, "send the body without a content coding")
	}
	if r.ContentLength > limit {
		return nil, tooLarge(limit)
	}
	b := bodies.Get().(*bytes.Buffer)
	if r.ContentLength > 0 {
		b.Grow(int(r.ContentLength) + bytes.MinRead)
	}
	if _, err := b.ReadFrom(http.MaxBytesReader(c.Response().Writer, r.Body, limit)); err != nil {
		recycle(b)
		return nil, readError(err, limit)
	}
	return b, nil
}

func tooLarge(limit int64) error {
	return review.Errorf(review.CodeTooLarge, "the body is larger than %d bytes", limit)
}

func readError(err error, limit int64) error {
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over):
		return tooLarge(limit)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return review.Wrap(review.CodeInvalid, err, "the body did not arrive in time")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return review.Wrap(review.CodeInvalid, err, "the body ended early")
	}
	return review.Wrap(review.CodeInvalid, err, "the body could not be received")
}

// readJSON reads a JSON body. The caller recycles it.
func (c *call) readJSON(limit int64) (*bytes.Buffer, error) {
	media, params, err := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType))
	if err != nil || media != echo.MIMEApplicationJSON && !strings.HasSuffix(media, "+json") {
		return nil, review.Errorf(codeUnsupportedMedia, "send the body as Content-Type: application/json")
	}
	if charset := params["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
		return nil, review.Errorf(codeUnsupportedMedia, "send the body as UTF-8")
	}
	return c.readBody(limit)
}

// readForm reads a posted form. No body at all is an empty form.
func (c *call) readForm() (url.Values, error) {
	b, err := c.readBody(maxFormBytes)
	if err != nil {
		return nil, err
	}
	defer recycle(b)
	if b.Len() == 0 {
		return url.Values{}, nil
	}
	media, _, err := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType))
	if err != nil || media != echo.MIMEApplicationForm {
		return nil, review.Errorf(codeUnsupportedMedia, "send the form as Content-Type: %s", echo.MIMEApplicationForm)
	}
	form, err := url.ParseQuery(b.String())
	if err != nil {
		return nil, review.Wrap(review.CodeInvalid, err, "the form cannot be read")
	}
	return form, cleanValues(form)
}

// query reads the parameters of the URL.
func (c *call) query() (url.Values, error) {
	q, err := url.ParseQuery(c.Request().URL.RawQuery)
	if err != nil {
		return nil, review.Wrap(review.CodeInvalid, err, "the parameters of the address cannot be read")
	}
	return q, cleanValues(q)
}

// cleanValues refuses what is no text, and replaces NUL, which no database column of
// text can hold.
func cleanValues(values url.Values) error {
	for name, all := range values {
		for i, v := range all {
			if !utf8.ValidString(v) || !utf8.ValidString(name) {
				return review.Errorf(review.CodeInvalid, "a field is not UTF-8")
			}
			if strings.IndexByte(v, 0) >= 0 {
				all[i] = strings.ReplaceAll(v, "\x00", "\uFFFD")
			}
		}
	}
	return nil
}
