package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/mail"
	"net/url"
	"slices"
	"time"

	"github.com/alecthomas/kong"
)

// Config is every setting of `guardroom serve`. Commands that need less embed only the groups that they need; each group
// checks itself.
type Config struct {
	Storage  `embed:"" group:"Storage"`
	Listen   `embed:"" group:"Server"`
	Limits   `embed:"" group:"Limits"`
	Session  `embed:"" group:"Sessions"`
	OIDC     `embed:"" group:"Single sign-on"`
	Guard    `embed:"" group:"Guard"`
	Audit    `embed:"" group:"Audit"`
	Model    `embed:"" group:"Language model"`
	Hooks    `embed:"" group:"Webhooks"`
	Alerting `embed:"" group:"Alerts"`
	Mail     `embed:"" group:"E-mail"`
	Log      `embed:"" group:"Logging"`
}

// Storage says where the data are.
type Storage struct {
	Data         string      `name:"data" placeholder:"DIR" default:"data" env:"GUARDROOM_DATA" help:"The data folder: the SQLite file and a .env file. Made when it does not exist."`
	DatabaseURL  DatabaseURL `name:"database-url" placeholder:"URL" env:"GUARDROOM_DATABASE_URL,DATABASE_URL" help:"A PostgreSQL URL, postgres://user:password@host/database. \"sqlite\", or nothing, means the SQLite file in the data folder."`
	SearchKey    Secret      `name:"search-key" placeholder:"KEY" env:"GUARDROOM_SEARCH_KEY" help:"The key of the search index, which holds no words, only what this key makes of them. Nothing means the one in the data folder, made when there is none; servers that share a database need the same."`
	TextsKey     Secret      `name:"texts-key" placeholder:"KEYS" env:"GUARDROOM_TEXTS_KEY" help:"The keys that seal what people wrote, as guardroom keys add prints them; servers that share a database need the same. Nothing means those in the file."`
	TextsKeyFile string      `name:"texts-key-file" type:"path" placeholder:"FILE" env:"GUARDROOM_TEXTS_KEY_FILE" help:"The file of those keys. Nothing means texts.key in the data folder, made when there is none. A copy of the database cannot be read without it: keep it elsewhere."`
	KMSCommand   string      `name:"kms-command" placeholder:"COMMAND" env:"GUARDROOM_KMS_COMMAND" help:"A command that lets a key management service wrap and unwrap those keys, so that their file alone opens nothing; docs/operations.md describes it. Nothing means that they are not wrapped."`
	AuditKey     Secret      `name:"audit-key" placeholder:"KEY" env:"GUARDROOM_AUDIT_KEY" help:"The key that signs checkpoints of the audit chain, at least 32 characters. Nothing means the one in the data folder, made when there is none."`
	FactorKey    Secret      `name:"factor-key" placeholder:"KEY" env:"GUARDROOM_FACTOR_KEY" help:"The key that seals what authenticator apps share with Guardroom. Nothing means the one in the data folder, made when there is none; servers that share a database need the same."`
	RedisURL     RedisURL    `name:"redis-url" placeholder:"URL" env:"GUARDROOM_REDIS_URL,REDIS_URL" help:"A Redis URL, redis://host:6379/0, in which several servers count quotas and budgets, and see conduct, together. \"none\", or nothing, means no Redis."`
}

// Listen says where the server is and how it is reached.
type Listen struct {
	Addr             string        `name:"addr" placeholder:"HOST:PORT" default:"127.0.0.1:8080" env:"GUARDROOM_ADDR" help:"The address to listen on. Port 0 takes a free one."`
	PublicURL        PublicURL     `name:"public-url" placeholder:"URL" env:"GUARDROOM_PUBLIC_URL" help:"The URL that browsers and applications use, without a path; links are made from it. Nothing means the listening address."`
	TLSCert          string        `name:"tls-cert" type:"path" placeholder:"FILE" env:"GUARDROOM_TLS_CERT" help:"A certificate chain (PEM) to serve HTTPS with, read again when it changes. Nothing means HTTP, for a proxy in front."`
	TLSKey           string        `name:"tls-key" type:"path" placeholder:"FILE" env:"GUARDROOM_TLS_KEY" help:"The private key of the certificate (PEM)."`
	TLSDomains       []string      `name:"tls-domains" placeholder:"HOST,…" env:"GUARDROOM_TLS_DOMAINS" help:"Hosts to get certificates for from Let's Encrypt by TLS-ALPN, which needs port 443 to be reachable; they are kept in the data folder."`
	HSTS             string        `name:"hsts" enum:"subdomains,host" default:"subdomains" env:"GUARDROOM_HSTS" help:"What browsers are told to ask by HTTPS alone, for a year, where people come by HTTPS: this host with everything below its name, or the host alone."`
	SecurityContacts []string      `name:"security-contact" placeholder:"URI,…" env:"GUARDROOM_SECURITY_CONTACT" help:"Whom /.well-known/security.txt names for reports of holes, such as mailto:security@example.com. Nothing means that there is no such file."`
	TrustedProxies   []Network     `name:"trusted-proxies" placeholder:"CIDR,…" env:"GUARDROOM_TRUSTED_PROXIES" help:"Networks whose X-Forwarded-For is believed. Nothing means that the connection's own address is the client."`
	MetricsToken     Secret        `name:"metrics-token" placeholder:"TOKEN" env:"GUARDROOM_METRICS_TOKEN" help:"A bearer token that opens /metrics. Nothing means that only direct callers from this machine may read it."`
	ShutdownGrace    time.Duration `name:"shutdown-grace" default:"15s" env:"GUARDROOM_SHUTDOWN_GRACE" help:"How long requests may take to finish after SIGTERM."`
}

// Limits bounds what one request may cost.
type Limits struct {
	MaxBody      Size `name:"max-body" placeholder:"SIZE" default:"4MiB" env:"GUARDROOM_MAX_BODY" help:"The largest body of one interaction, in B, KiB, MiB or GiB."`
	MaxBatchBody Size `name:"max-batch-body" placeholder:"SIZE" default:"32MiB" env:"GUARDROOM_MAX_BATCH_BODY" help:"The largest body of a batch of interactions."`
}

// Session says how long a sign-in lasts.
type Session struct {
	SessionLifetime time.Duration `name:"session-lifetime" default:"12h" env:"GUARDROOM_SESSION_LIFETIME" help:"How long a sign-in lasts at most."`
	SessionIdle     time.Duration `name:"session-idle" default:"2h" env:"GUARDROOM_SESSION_IDLE" help:"How long a sign-in lasts without a request."`
	RequireSecond   []string      `name:"require-second-factor" placeholder:"ROLE,…" enum:"viewer,analyst,lead,auditor,admin" env:"GUARDROOM_REQUIRE_SECOND_FACTOR" help:"Roles that sign in with a second factor or a passkey, or else can do nothing but set one up. Nothing means that it is everybody's choice."`
	CookieSecure    string        `name:"cookie-secure" enum:"auto,always,never" default:"auto" env:"GUARDROOM_COOKIE_SECURE" help:"Whether cookies are sent over HTTPS only: auto, always or never. auto means: when the public URL is https."`
}

// OIDC names a provider of single sign-on, and who may come in by its word.
type OIDC struct {
	OIDCIssuer       HTTPURL           `name:"oidc-issuer" placeholder:"URL" env:"GUARDROOM_OIDC_ISSUER" help:"The URL of an OpenID Connect provider. Its clients call back at /login/sso/callback below the public URL. Nothing means no single sign-on."`
	OIDCClientID     string            `name:"oidc-client-id" placeholder:"ID" env:"GUARDROOM_OIDC_CLIENT_ID" help:"What the provider knows Guardroom by."`
	OIDCClientSecret Secret            `name:"oidc-client-secret" placeholder:"SECRET" env:"GUARDROOM_OIDC_CLIENT_SECRET" help:"The secret of that client."`
	OIDCName         string            `name:"oidc-name" placeholder:"NAME" default:"Single sign-on" env:"GUARDROOM_OIDC_NAME" help:"What the provider is called on the sign-in page."`
	OIDCScopes       []string          `name:"oidc-scopes" placeholder:"SCOPE,…" env:"GUARDROOM_OIDC_SCOPES" help:"What to ask for beside openid, email and profile; some providers tell groups only when asked for them."`
	OIDCGroupsClaim  string            `name:"oidc-groups-claim" placeholder:"NAME" default:"groups" env:"GUARDROOM_OIDC_GROUPS_CLAIM" help:"The claim that lists somebody's groups."`
	OIDCRoles        map[string]string `name:"oidc-roles" placeholder:"GROUP=ROLE;…" env:"GUARDROOM_OIDC_ROLES" help:"Which role the members of a group have; the highest counts, and who has none does not come in."`
	OIDCDomains      []string          `name:"oidc-domains" placeholder:"DOMAIN,…" env:"GUARDROOM_OIDC_DOMAINS" help:"Domains of verified e-mail addresses that may come in. Nothing means any."`
	OIDCLinkEmail    bool              `name:"oidc-link-email" env:"GUARDROOM_OIDC_LINK_EMAIL" help:"Lets a verified e-mail address open the account that is there already with the same one. The provider is then trusted with all accounts."`
	PasswordsFor     []string          `name:"passwords-only-for" placeholder:"EMAIL,…" env:"GUARDROOM_PASSWORDS_ONLY_FOR" help:"Administrators who alone sign in by password, for the day on which the provider does not answer. Nothing means that everybody may."`
}

// Validate implements kong's check of a parsed group.
func (o OIDC) Validate() error {
	if o.OIDCIssuer == "" {
		return nil
	}
	if o.OIDCClientID == "" {
		return errors.New("--oidc-client-id: the provider has to know Guardroom by a client id")
	}
	if len(o.OIDCRoles) == 0 {
		return errors.New("--oidc-roles: without a group that has a role nobody could come in")
	}
	for group, role := range o.OIDCRoles {
		if !slices.Contains([]string{"viewer", "analyst", "lead", "auditor", "admin"}, role) {
			return fmt.Errorf("--oidc-roles: the group %q has the role %q, which is none of viewer, analyst, lead, auditor and admin", group, role)
		}
	}
	return nil
}

// Guard says what looks at Interactions beside the detectors that are built in.
type Guard struct {
	RemoteDetectors string `name:"remote-detectors" placeholder:"FILE" env:"GUARDROOM_REMOTE_DETECTORS" help:"A JSON file of classifiers to ask over HTTP; docs/remote-detectors.md describes it. Nothing means none."`
}

// Audit says where proofs of the audit chain go.
type Audit struct {
	AuditCheckpoints     string        `name:"audit-checkpoints" placeholder:"FILE" env:"GUARDROOM_AUDIT_CHECKPOINTS" help:"A file to which signed checkpoints of the audit chain are appended. It proves something when whoever can write to the database cannot write to it. Nothing means none."`
	AuditCheckpointURL   HTTPURL       `name:"audit-checkpoint-url" placeholder:"URL" env:"GUARDROOM_AUDIT_CHECKPOINT_URL" help:"An http:// or https:// URL that is sent each signed checkpoint by POST, beside the file or instead of it. Nothing means none."`
	AuditCheckpointToken Secret        `name:"audit-checkpoint-token" placeholder:"TOKEN" env:"GUARDROOM_AUDIT_CHECKPOINT_TOKEN" help:"A bearer token for that URL."`
	SIEM                 string        `name:"siem" placeholder:"URL" env:"GUARDROOM_SIEM" help:"Where the audit trail is sent as it grows: syslog+tcp://host:port, syslog+tls://host:port (RFC 5424), or an http:// or https:// URL that takes lines by POST. Nothing means nowhere. With several servers on one database, set it at one."`
	SIEMFormat           string        `name:"siem-format" enum:"jsonl,cef,ocsf" default:"ocsf" env:"GUARDROOM_SIEM_FORMAT" help:"jsonl, cef or ocsf."`
	SIEMToken            Secret        `name:"siem-token" placeholder:"TOKEN" env:"GUARDROOM_SIEM_TOKEN" help:"A bearer token for HTTP."`
	AuditCheckpointEvery time.Duration `name:"audit-checkpoint-every" default:"10m" env:"GUARDROOM_AUDIT_CHECKPOINT_EVERY" help:"How often a checkpoint is signed when the chain has grown."`
}

// Model says which services the gateway asks. Everything else works without one.
type Model struct {
	OpenAIKey     Secret  `name:"openai-api-key" placeholder:"KEY" env:"GUARDROOM_OPENAI_API_KEY,OPENAI_API_KEY" help:"The key of the OpenAI-compatible service that the gateway asks."`
	OpenAIBaseURL HTTPURL `name:"openai-base-url" placeholder:"URL" default:"https://api.openai.com/v1" env:"GUARDROOM_OPENAI_BASE_URL,OPENAI_BASE_URL" help:"The base URL of that service. It is asked when there is a key, or when this is another URL than the default."`
	Upstreams     Secret  `name:"upstreams" placeholder:"JSON" env:"GUARDROOM_UPSTREAMS" help:"Several services instead of that one: a JSON list, or the file that holds it; docs/gateway.md describes it."`
	DefaultModel  string  `name:"default-model" placeholder:"NAME" default:"gpt-4o-mini" env:"GUARDROOM_DEFAULT_MODEL" help:"The model that /api/chat asks when neither the caller nor the App's policy names one."`

	UpstreamTimeout time.Duration `name:"upstream-timeout" default:"60s" env:"GUARDROOM_UPSTREAM_TIMEOUT" help:"How long a service may be silent: before its answer begins, and between two pieces of a stream."`
	HedgeAfter      time.Duration `name:"hedge-after" default:"0s" env:"GUARDROOM_HEDGE_AFTER" help:"How long a call is waited for before a second attempt begins beside it, at the next service that has the model or at the same one; the first answer is taken. 0 never begins one; what is given up may cost what it read."`
}

// defaultBaseURL is that of OpenAI.
const defaultBaseURL = "https://api.openai.com/v1"

// HasService says whether a single service is named.
func (m Model) HasService() bool {
	return m.OpenAIKey.IsSet() || m.OpenAIBaseURL != "" && m.OpenAIBaseURL != defaultBaseURL
}

// Validate implements kong's check of a parsed group.
func (m Model) Validate() error {
	if m.HedgeAfter != 0 {
		if err := checkRange("--hedge-after", m.HedgeAfter, time.Millisecond, m.UpstreamTimeout); err != nil {
			return err
		}
	}
	return checkRange("--upstream-timeout", m.UpstreamTimeout, time.Second, 30*time.Minute)
}

// Hooks says how Apps are told of what is decided.
type Hooks struct {
	WebhookKey          Secret   `name:"webhook-key" placeholder:"KEY" env:"GUARDROOM_WEBHOOK_KEY" help:"The key that seals the secrets of webhooks. Nothing means the one in the data folder, made when there is none; servers that share a database need the same."`
	WebhookPrivateHosts []string `name:"webhook-private-hosts" placeholder:"HOST,…" env:"GUARDROOM_WEBHOOK_PRIVATE_HOSTS" help:"Hosts of webhooks that may be at private and loopback addresses. Nothing means none."`
}

// Alerting says how people are told of alerts.
type Alerting struct {
	AlertLanguage string `name:"alert-language" enum:"en,de" default:"en" env:"GUARDROOM_ALERT_LANGUAGE" help:"en or de: the language of messages about alerts in Slack and e-mail. Webhooks are for machines, and in English."`
}

// Mail names the server by which alerts are sent as e-mail.
type Mail struct {
	SMTP         string `name:"smtp" placeholder:"HOST:PORT" env:"GUARDROOM_SMTP" help:"The mail server that alerts are sent by. Nothing means that there is none."`
	SMTPFrom     string `name:"smtp-from" placeholder:"ADDRESS" env:"GUARDROOM_SMTP_FROM" help:"The e-mail address that they come from."`
	SMTPUser     string `name:"smtp-user" placeholder:"NAME" env:"GUARDROOM_SMTP_USER" help:"The name to sign in at the mail server with. Nothing means that it asks for none."`
	SMTPPassword Secret `name:"smtp-password" placeholder:"SECRET" env:"GUARDROOM_SMTP_PASSWORD" help:"The password that belongs to it."`
	SMTPSecurity string `name:"smtp-security" enum:"starttls,tls,none" default:"starttls" env:"GUARDROOM_SMTP_SECURITY" help:"starttls, tls or none. Without encryption it should be a server on the same machine."`
}

// Validate implements kong's check of a parsed group.
func (m Mail) Validate() error {
	if m.SMTP == "" {
		return nil
	}
	if _, _, err := net.SplitHostPort(m.SMTP); err != nil {
		return errors.New("--smtp: is not host and port, such as mail.example.com:587")
	}
	if _, err := mail.ParseAddress(m.SMTPFrom); err != nil {
		return errors.New("--smtp-from: an e-mail address has to say whom alerts come from")
	}
	if (m.SMTPUser == "") != !m.SMTPPassword.IsSet() {
		return errors.New("--smtp-user: a user needs a password, and a password a user")
	}
	if m.SMTPUser != "" && m.SMTPSecurity == "none" {
		return errors.New("--smtp-security: a password is not sent without encryption")
	}
	return nil
}

// Log says how much is logged. The format is JSON, one object per line, on standard error.
type Log struct {
	LogLevel slog.Level `name:"log-level" placeholder:"LEVEL" default:"info" env:"GUARDROOM_LOG_LEVEL" help:"debug, info, warn or error."`
}

// Load reads a Config from the flags in args, the environment and the .env files. It is a pure function of its
// arguments and the files that env names.
func Load(env Environment, args ...string) (Config, error) {
	var loaded Config
	parser, err := kong.New(&loaded, append(env.Options(), kong.Name("guardroom"))...)
	if err != nil {
		return Config{}, err
	}
	if _, err := parser.Parse(args); err != nil {
		return Config{}, err
	}
	return loaded, nil
}

// Validate checks all groups and names every setting that is wrong, not only the first.
func (c Config) Validate() error {
	return errors.Join(c.Storage.Validate(), c.Listen.Validate(), c.Limits.Validate(), c.Session.Validate(), c.OIDC.Validate(), c.Model.Validate(), c.Mail.Validate(),
		c.Audit.Validate(), c.validateCallback())
}

// validateCallback: a provider sends people back to an address that it was told beforehand.
func (c Config) validateCallback() error {
	if c.OIDCIssuer != "" && c.PublicURL == "" {
		return errors.New("--oidc-issuer: needs --public-url, to which the provider sends people back")
	}
	return nil
}

// SecureCookies says whether cookies carry the Secure attribute.
func (c Config) SecureCookies() bool {
	if c.CookieSecure == "auto" {
		return c.HTTPS()
	}
	return c.CookieSecure == "always"
}

// HTTPS says whether people reach the server by HTTPS.
func (c Config) HTTPS() bool { return c.PublicURL.IsHTTPS() || c.ServesTLS() }

// ServesTLS says whether the server itself does TLS.
func (l Listen) ServesTLS() bool { return l.TLSCert != "" || len(l.TLSDomains) > 0 }

func (l Listen) validateTLS() error {
	if (l.TLSCert == "") != (l.TLSKey == "") {
		return errors.New("--tls-cert: a certificate needs its key, and a key its certificate")
	}
	if l.TLSCert != "" && len(l.TLSDomains) > 0 {
		return errors.New("--tls-domains: certificates come from files or from Let's Encrypt, not from both")
	}
	for _, contact := range l.SecurityContacts {
		u, err := url.Parse(contact)
		if err != nil || u.Scheme != "mailto" && u.Scheme != "https" && u.Scheme != "tel" {
			return errors.New("--security-contact: begins with none of mailto:, https:, and tel: as a contact does")
		}
	}
	return nil
}

// Validate implements kong's check of a parsed group.
func (s Storage) Validate() error {
	if s.Data == "" {
		return errors.New("--data: the data folder has no name")
	}
	return errors.Join(s.DatabaseURL.validate(), s.RedisURL.validate())
}

// Validate implements kong's check of a parsed group.
func (l Listen) Validate() error {
	return errors.Join(
		checkAddress(l.Addr),
		checkRange("--shutdown-grace", l.ShutdownGrace, 0, 10*time.Minute),
		l.validateTLS(),
	)
}

// Validate implements kong's check of a parsed group.
func (a Audit) Validate() error {
	return checkRange("--audit-checkpoint-every", a.AuditCheckpointEvery, time.Second, 24*time.Hour)
}

// Validate implements kong's check of a parsed group.
func (l Limits) Validate() error {
	if l.MaxBody < KiB {
		return errors.New("--max-body: an interaction needs at least 1KiB")
	}
	if l.MaxBatchBody < l.MaxBody {
		return errors.New("--max-batch-body: must not be smaller than --max-body, or a batch of one could not be sent")
	}
	if l.MaxBatchBody > GiB {
		return errors.New("--max-batch-body: more than 1GiB would be held in memory at once")
	}
	return nil
}

// Validate implements kong's check of a parsed group.
func (s Session) Validate() error {
	if err := checkRange("--session-lifetime", s.SessionLifetime, time.Minute, 90*24*time.Hour); err != nil {
		return err
	}
	return checkRange("--session-idle", s.SessionIdle, time.Minute, s.SessionLifetime)
}
