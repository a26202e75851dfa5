package mail

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"mime"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/mail/mailtest"
)

var at = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func message() Message {
	return Message{ID: "msg_1", At: at, To: []string{"ann@example.com", "bob@example.com"}, Subject: "Zu alt: Prüfung", Text: "Größer als 5 €.\n"}
}

func sender(t *testing.T, o Options) *Sender {
	t.Helper()
	o.From = "Guardroom <guardroom@example.com>"
	s, err := New(o)
	require.NoError(t, err)
	return s
}

func TestSend(t *testing.T) {
	server := mailtest.Start(t, nil, "", "")
	code, err := sender(t, Options{Address: server.Address, Security: Plain}).Send(t.Context(), message())
	require.NoError(t, err)
	require.Zero(t, code)
	letters := server.Letters()
	require.Len(t, letters, 1)
	got := letters[0]
	require.Equal(t, "guardroom@example.com", got.From)
	require.Equal(t, []string{"ann@example.com", "bob@example.com"}, got.To)
	require.Equal(t, "<msg_1@example.com>", got.Header.Get("Message-Id"))
	require.Equal(t, "auto-generated", got.Header.Get("Auto-Submitted"))
	subject, err := new(mime.WordDecoder).DecodeHeader(got.Header.Get("Subject"))
	require.NoError(t, err)
	require.Equal(t, "Zu alt: Prüfung", subject)
	sent, err := got.Header.Date()
	require.NoError(t, err)
	require.True(t, sent.Equal(at))
	require.Contains(t, got.Body, "5 =E2=82=AC")
}

func TestNothingGetsIntoTheHeaders(t *testing.T) {
	server := mailtest.Start(t, nil, "", "")
	m := message()
	m.Subject = "one\r\nBcc: eve@example.com\r\n\r\nhello"
	_, err := sender(t, Options{Address: server.Address, Security: Plain}).Send(t.Context(), m)
	require.NoError(t, err)
	got := server.Letters()[0]
	require.Empty(t, got.Header.Get("Bcc"))
	require.Equal(t, "one Bcc: eve@example.com hello", got.Header.Get("Subject"))
	m.To = []string{"a@example.com>\r\nRCPT TO:<eve@example.com"}
	_, err = sender(t, Options{Address: server.Address, Security: Plain}).Send(t.Context(), m)
	require.Error(t, err)
	require.Len(t, server.Letters(), 1)
}

func TestRefusals(t *testing.T) {
	server := mailtest.Start(t, nil, "", "")
	s := sender(t, Options{Address: server.Address, Security: Plain})
	server.Refuse(550)
	code, err := s.Send(t.Context(), message())
	require.Equal(t, 550, code)
	require.EqualError(t, err, "the mail server refuses the message with 550", "its own words are left out")
	server.Refuse(0)
	_, err = s.Send(t.Context(), message())
	require.NoError(t, err)

	gone, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, gone.Close())
	code, err = sender(t, Options{Address: gone.Addr().String(), Security: Plain}).Send(t.Context(), message())
	require.Zero(t, code)
	require.ErrorContains(t, err, "cannot be reached")
}

func TestSignsInAndEncrypts(t *testing.T) {
	settings, roots := certificate(t)
	server := mailtest.Start(t, settings, "guardroom", "s3cret")
	o := Options{Address: server.Address, Security: StartTLS, Username: "guardroom", Password: "s3cret", TLS: &tls.Config{RootCAs: roots}}
	_, err := sender(t, o).Send(t.Context(), message())
	require.NoError(t, err)
	require.Len(t, server.Letters(), 1)

	stranger := o
	stranger.TLS = nil
	_, err = sender(t, stranger).Send(t.Context(), message())
	require.ErrorContains(t, err, "not trusted")
	wrong := o
	wrong.Password = "s4cret"
	_, err = sender(t, wrong).Send(t.Context(), message())
	require.Error(t, err)
	require.NotContains(t, err.Error(), "s4cret")
	plain := mailtest.Start(t, nil, "", "")
	o.Address, o.Username, o.Password = plain.Address, "", ""
	_, err = sender(t, o).Send(t.Context(), message())
	require.Error(t, err, "without encryption nothing is sent")
	require.Empty(t, plain.Letters())
	require.Len(t, server.Letters(), 1)
}

func certificate(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	now := time.Now()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	return &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, roots
}

func TestOptions(t *testing.T) {
	good := Options{Address: "mail.example.com:587", From: "a@example.com", Security: StartTLS}
	_, err := New(good)
	require.NoError(t, err)
	for name, change := range map[string]func(*Options){
		"no port":          func(o *Options) { o.Address = "mail.example.com" },
		"a port too far":   func(o *Options) { o.Address = "mail.example.com:99999" },
		"no sender":        func(o *Options) { o.From = "nobody" },
		"half a sign-in":   func(o *Options) { o.Username = "a" },
		"an open password": func(o *Options) { o.Username, o.Password, o.Security = "a", "b", Plain },
		"another security": func(o *Options) { o.Security = "hope" },
	} {
		o := good
		change(&o)
		_, err := New(o)
		require.Error(t, err, name)
	}
}
