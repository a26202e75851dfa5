// Package mail hands messages to the mail server that an operator names, and knows nothing of what is in them.
package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Security is how the connection to the mail server is protected.
type Security string

// The securities.
const (
	StartTLS Security = "starttls" // TLS after the greeting, or nothing is sent
	TLS      Security = "tls"      // from the first byte
	Plain    Security = "none"     // for a server on the same machine
)

// Options say how mail is sent.
type Options struct {
	Address  string // host:port
	From     string // the sender's address, with a name or without
	Username string // "" for none
	Password string
	Security Security
	TLS      *tls.Config // nil trusts whom the system trusts
}

// Message is plain text to some addresses.
type Message struct {
	ID      string // names the message: repetitions have the same
	At      time.Time
	To      []string
	Subject string
	Text    string
}

// Sender sends. It is safe for concurrent use.
type Sender struct {
	options Options
	host    string
	port    int
	from    *mail.Address
}

// patience is how long one attempt may take.
const patience = 15 * time.Second

// New checks the options; it does not connect.
func New(o Options) (*Sender, error) {
	host, port, err := net.SplitHostPort(o.Address)
	if err != nil || host == "" {
		return nil, errors.New("mail: the address of the server is not host and port")
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil || number == 0 {
		return nil, errors.New("mail: the port of the server is no number")
	}
	from, err := mail.ParseAddress(o.From)
	if err != nil {
		return nil, errors.New("mail: the sender is no e-mail address")
	}
	if (o.Username == "") != (o.Password == "") {
		return nil, errors.New("mail: a user needs a password, and a password a user")
	}
	if o.Username != "" && o.Security == Plain {
		return nil, errors.New("mail: a password is not sent without encryption")
	}
	s := &Sender{options: o, host: host, port: int(number), from: from}
	_, err = s.client()
	return s, err
}

// client makes one for a single message: go-mail's keeps a connection, and alerts are seldom.
func (s *Sender) client() (*gomail.Client, error) {
	options := []gomail.Option{gomail.WithPort(s.port), gomail.WithTimeout(patience), gomail.WithoutNoop()}
	switch s.options.Security {
	case StartTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case TLS:
		options = append(options, gomail.WithSSL())
	case Plain:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		return nil, fmt.Errorf("mail: %q is no way to protect a connection", s.options.Security)
	}
	if s.options.TLS != nil {
		settings := s.options.TLS.Clone()
		settings.ServerName = s.host
		options = append(options, gomail.WithTLSConfig(settings))
	}
	if s.options.Username != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.options.Username), gomail.WithPassword(s.options.Password))
	}
	return gomail.NewClient(s.host, options...)
}

// Send makes one attempt. The code is the server's last reply where it refused, else 0; the error says no more than whose
// fault it is, for the server's words may hold anything.
func (s *Sender) Send(ctx context.Context, m Message) (code int, err error) {
	message, err := s.compose(m)
	if err != nil {
		return 0, err
	}
	client, err := s.client()
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = client.DialAndSendWithContext(ctx, message)
	var refused *gomail.SendError
	switch {
	case err == nil:
		return 0, nil
	case errors.As(err, &refused) && refused.ErrorCode() > 0:
		return refused.ErrorCode(), fmt.Errorf("the mail server refuses the message with %d", refused.ErrorCode())
	case errors.As(err, &refused) && message.IsDelivered(): // it has the message, and hung up
		return 0, nil
	default:
		return 0, fmt.Errorf("the mail server cannot be reached: %w", plainly(err))
	}
}

// plainly leaves of an error the network's, which is this machine's word.
func plainly(err error) error {
	var network *net.OpError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, &network):
		return network.Err
	case errors.As(err, &certificate):
		return errors.New("its certificate is not trusted")
	case errors.Is(err, context.DeadlineExceeded):
		return context.DeadlineExceeded
	default:
		return errors.New("it does not speak as agreed, or does not let us in")
	}
}

// compose writes the message. go-mail encodes the headers, so that no line break gets into one.
func (s *Sender) compose(m Message) (*gomail.Msg, error) {
	message := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	message.FromMailAddress(s.from)
	if err := message.To(m.To...); err != nil {
		return nil, errors.New("mail: a recipient is no e-mail address")
	}
	message.Subject(strings.Join(strings.Fields(m.Subject), " "))
	message.SetDateWithValue(m.At)
	message.SetMessageIDWithValue(m.ID + "@" + s.domain())
	message.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: nobody's holiday answers it
	message.SetBodyString(gomail.TypeTextPlain, m.Text)
	return message, nil
}

func (s *Sender) domain() string {
	_, domain, _ := strings.Cut(s.from.Address, "@")
	return domain
}
