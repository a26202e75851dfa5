package app

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/config"
)

// writePair makes a certificate for this machine.
func writePair(t *testing.T, dir string, serial int64) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), DNSNames: []string{"localhost"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	require.NoError(t, err)
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	cert, key = dir+"/cert.pem", dir+"/key.pem"
	require.NoError(t, os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	require.NoError(t, os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}), 0o600))
	return cert, key
}

func TestServingOverTLS(t *testing.T) {
	cert, key := writePair(t, t.TempDir(), 1)
	cfg, err := config.Load(config.Environment{LookupEnv: func(string) (string, bool) { return "", false }},
		"--data", t.TempDir(), "--addr=127.0.0.1:0", "--tls-cert", cert, "--tls-key", key)
	require.NoError(t, err)
	require.True(t, cfg.SecureCookies())
	ctx, stop := context.WithCancel(t.Context())
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- Serve(ctx, cfg, slog.New(slog.DiscardHandler), func(url string) { ready <- url }) }()
	url := <-ready
	require.Regexp(t, `^https://127\.0\.0\.1:\d+$`, url)

	client := &http.Client{Transport: &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	answer, err := client.Get(url + "/healthz")
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, "max-age=31536000; includeSubDomains", answer.Header.Get("Strict-Transport-Security"))
	require.Equal(t, 2, answer.ProtoMajor)
	client.CloseIdleConnections()
	listen := cfg.Listen
	listen.Addr = url[len("https://"):]
	require.NoError(t, Healthy(t.Context(), listen))

	_, err = tls.Dial("tcp", url[len("https://"):], &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS11})
	require.Error(t, err, "TLS 1.1 is too old")
	stop()
	require.NoError(t, <-ended)
}

func TestARenewedCertificateIsTaken(t *testing.T) {
	dir := t.TempDir()
	cert, key := writePair(t, dir, 1)
	pair := &keyPair{cert: cert, key: key}
	first, err := pair.get(nil)
	require.NoError(t, err)

	require.NoError(t, os.Remove(key))
	pair.looked = time.Time{}
	halfway, err := pair.get(nil)
	require.NoError(t, err)
	require.Same(t, first, halfway, "half a pair is no pair")

	writePair(t, dir, 2)
	require.NoError(t, os.Chtimes(cert, time.Now(), time.Now().Add(time.Hour)))
	pair.looked = time.Time{}
	second, err := pair.get(nil)
	require.NoError(t, err)
	require.NotEqual(t, first.Certificate, second.Certificate)
}

func TestABadCertificateIsRefusedAtTheStart(t *testing.T) {
	cfg := config.Config{}
	cfg.TLSCert, cfg.TLSKey = t.TempDir()+"/none", "none"
	_, err := tlsSettings(cfg)
	require.ErrorContains(t, err, "cannot be used")
}

func TestCertificatesAreAskedForNamedHostsOnly(t *testing.T) {
	cfg := config.Config{}
	cfg.Data, cfg.TLSDomains = t.TempDir(), []string{"guard.example"}
	settings, err := tlsSettings(cfg)
	require.NoError(t, err)
	_, err = settings.GetCertificate(&tls.ClientHelloInfo{ServerName: "evil.example"})
	require.ErrorContains(t, err, "not configured")
	require.Contains(t, settings.NextProtos, "acme-tls/1")
}
