package app

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/guardroom/guardroom/internal/config"
	"github.com/guardroom/guardroom/internal/review"
)

// healthPatience is how long a server may take to say that it is ready.
const healthPatience = 3 * time.Second

// Healthy asks the server on this machine whether it is ready; an error says that it is
// not.
func Healthy(ctx context.Context, listen config.Listen) error {
	host, port, err := net.SplitHostPort(listen.Addr)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	scheme := "http"
	if listen.ServesTLS() {
		scheme = "https"
	}
	ctx, cancel := context.WithTimeout(ctx, healthPatience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return err
	}
	// The certificate is for another name than this machine's; nothing secret is said.
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}}}
	answer, err := client.Do(r)
	if err != nil {
		return review.Unavailable(err, "the server does not answer", time.Second)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return review.Unavailable(fmt.Errorf("status %d", answer.StatusCode), "the server is not ready", time.Second)
	}
	return nil
}
