package siem

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// httpPatience is how long one batch may take.
const httpPatience = 30 * time.Second

// poster posts a batch as lines. Any 2xx is a confirmation. It follows no redirect: the
// token is for the address that was named.
type poster struct {
	url, token, media string
	client            *http.Client
}

func newHTTP(o Options) *poster { return newPoster(o.URL, o.Token, o.Format.MediaType()) }

func newPoster(url, token, media string) *poster {
	return &poster{url: url, token: token, media: media, client: &http.Client{
		Timeout:       httpPatience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (p *poster) send(ctx context.Context, batch []message) error {
	var body bytes.Buffer
	for _, m := range batch {
		body.Write(m.line)
		body.WriteByte('\n')
	}
	return p.post(ctx, body.Bytes(), "guardroom-"+strconv.FormatInt(batch[0].event.Seq, 10)+"-"+strconv.FormatInt(batch[len(batch)-1].event.Seq, 10))
}

// post sends a body; the other side tells by the key that it comes once more.
func (p *poster) post(ctx context.Context, body []byte, key string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", p.media)
	r.Header.Set("User-Agent", "Guardroom")
	r.Header.Set("Idempotency-Key", key)
	if p.token != "" {
		r.Header.Set("Authorization", "Bearer "+p.token)
	}
	answer, err := p.client.Do(r)
	if err != nil {
		return fmt.Errorf("siem: %w", err)
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 64<<10)) // so that the connection is used again
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return fmt.Errorf("siem: the other side answers with status %d", answer.StatusCode)
	}
	return nil
}

func (p *poster) close() error {
	p.client.CloseIdleConnections()
	return nil
}
