package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"
)

func environment(workDir string, variables map[string]string) Environment {
	return Environment{LookupEnv: lookupIn(variables), WorkDir: workDir}
}

func writeEnv(t *testing.T, folder, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(folder, ".env"), []byte(text), 0o600))
}

func TestDefaults(t *testing.T) {
	loaded, err := Load(environment(t.TempDir(), nil))
	require.NoError(t, err)
	require.Equal(t, Config{
		Storage:  Storage{Data: "data"},
		Listen:   Listen{Addr: "127.0.0.1:8080", HSTS: "subdomains", ShutdownGrace: 15 * time.Second},
		Limits:   Limits{MaxBody: 4 * MiB, MaxBatchBody: 32 * MiB},
		Session:  Session{SessionLifetime: 12 * time.Hour, SessionIdle: 2 * time.Hour, CookieSecure: "auto"},
		OIDC:     OIDC{OIDCName: "Single sign-on", OIDCGroupsClaim: "groups"},
		Model:    Model{OpenAIBaseURL: "https://api.openai.com/v1", DefaultModel: "gpt-4o-mini", UpstreamTimeout: time.Minute},
		Alerting: Alerting{AlertLanguage: "en"},
		Mail:     Mail{SMTPSecurity: "starttls"},
		Audit:    Audit{SIEMFormat: "ocsf", AuditCheckpointEvery: 10 * time.Minute},
		Log:      Log{LogLevel: slog.LevelInfo},
	}, loaded)
	require.NoError(t, loaded.Validate())
	require.False(t, loaded.SecureCookies())
}

func TestPrecedence(t *testing.T) {
	work, data := t.TempDir(), t.TempDir()
	writeEnv(t, work, "GUARDROOM_ADDR=:3\nGUARDROOM_MAX_BODY=3MiB\nGUARDROOM_LOG_LEVEL=warn\n")
	writeEnv(t, data, "GUARDROOM_ADDR=:4\nGUARDROOM_MAX_BODY=4MiB\nGUARDROOM_LOG_LEVEL=error\nGUARDROOM_SHUTDOWN_GRACE=4s\n")
	variables := map[string]string{"GUARDROOM_DATA": data, "GUARDROOM_ADDR": ":2", "GUARDROOM_MAX_BODY": "2MiB", "GUARDROOM_LOG_LEVEL": ""}

	loaded, err := Load(environment(work, variables), "--addr=:1")
	require.NoError(t, err)
	require.Equal(t, ":1", loaded.Addr, "the flag")
	require.Equal(t, 2*MiB, loaded.MaxBody, "the process")
	require.Equal(t, slog.LevelWarn, loaded.LogLevel, "the working folder; an empty variable is not set")
	require.Equal(t, 4*time.Second, loaded.ShutdownGrace, "the data folder")
	require.Equal(t, 32*MiB, loaded.MaxBatchBody, "the default")
}

func TestTheDataFolderItselfMayComeFromAnywhere(t *testing.T) {
	data := t.TempDir()
	writeEnv(t, data, "GUARDROOM_ADDR=:9")
	work := t.TempDir()
	writeEnv(t, work, "GUARDROOM_DATA="+data)
	for name, c := range map[string]struct {
		env  Environment
		args []string
	}{
		"flag":         {environment(t.TempDir(), nil), []string{"--data", data}},
		"variable":     {environment(t.TempDir(), map[string]string{"GUARDROOM_DATA": data}), nil},
		"working .env": {environment(work, nil), nil},
		"no work dir":  {environment("", map[string]string{"GUARDROOM_DATA": data}), nil},
	} {
		t.Run(name, func(t *testing.T) {
			loaded, err := Load(c.env, c.args...)
			require.NoError(t, err)
			require.Equal(t, data, loaded.Data)
			require.Equal(t, ":9", loaded.Addr)
		})
	}
}

func TestNamesThatPeopleAlreadyHave(t *testing.T) {
	inherited := map[string]string{
		"DATABASE_URL": "postgres://u:p@db/one", "REDIS_URL": "redis://cache:6379/0",
		"OPENAI_API_KEY": "sk-inherited", "OPENAI_BASE_URL": "http://127.0.0.1:9/v1/",
	}
	loaded, err := Load(environment("", inherited))
	require.NoError(t, err)
	require.Equal(t, "postgres://u:p@db/one", loaded.DatabaseURL.Reveal())
	require.Equal(t, "redis://cache:6379/0", loaded.RedisURL.Reveal())
	require.Equal(t, "sk-inherited", loaded.OpenAIKey.Reveal())
	require.Equal(t, HTTPURL("http://127.0.0.1:9/v1"), loaded.OpenAIBaseURL)

	inherited["GUARDROOM_DATABASE_URL"] = "sqlite"
	inherited["GUARDROOM_REDIS_URL"] = "none"
	loaded, err = Load(environment("", inherited))
	require.NoError(t, err)
	require.False(t, loaded.DatabaseURL.IsSet(), "our own name wins, and can say no")
	require.False(t, loaded.RedisURL.IsSet())
}

func TestAProcessVariableBeatsAFileThoughTheFileUsesOurOwnName(t *testing.T) {
	work := t.TempDir()
	writeEnv(t, work, "GUARDROOM_DATABASE_URL=postgres://file/x")
	loaded, err := Load(environment(work, map[string]string{"DATABASE_URL": "postgres://process/x"}))
	require.NoError(t, err)
	require.Equal(t, "postgres://process/x", loaded.DatabaseURL.Reveal())
}

func TestTheProcessIsNotLookedAt(t *testing.T) {
	t.Setenv("GUARDROOM_ADDR", ":1234")
	loaded, err := Load(environment("", nil))
	require.NoError(t, err)
	require.Equal(t, "127.0.0.1:8080", loaded.Addr)

	loaded, err = Load(ProcessEnvironment())
	require.NoError(t, err)
	require.Equal(t, ":1234", loaded.Addr)
}

func TestWrongSettingsAreNamed(t *testing.T) {
	for name, c := range map[string]struct{ flag, want string }{
		"no port":                 {"--addr=localhost", "--addr: \"localhost\" is not HOST:PORT"},
		"a port too far":          {"--addr=:65536", "not a port"},
		"another database":        {"--database-url=mysql://root:hunter2@db/x", "--database-url: mysql:// is for another database"},
		"a database without URL":  {"--database-url=localhost", "--database-url: is not a URL"},
		"a broken database URL":   {"--database-url=postgres://u:hunter2%zz@db/x", "percent-encoded"},
		"not Redis":               {"--redis-url=http://u:hunter2@cache", "--redis-url: http:// is not for Redis"},
		"a path":                  {"--public-url=https://example.org/guardroom", "--public-url: must have no path"},
		"another scheme":          {"--public-url=ftp://example.org", "http:// or https://"},
		"a password in a URL":     {"--openai-base-url=https://u:hunter2@example.org/v1", "must not hold"},
		"a query":                 {"--openai-base-url=https://example.org/v1?x=1", "neither a query"},
		"no network":              {"--trusted-proxies=10.0.0.0/8,proxy", `"proxy" is no network`},
		"bits after the mask":     {"--trusted-proxies=10.1.2.3/8", "10.0.0.0/8 is the network"},
		"no size":                 {"--max-body=4 megabytes", "is no size"},
		"a negative size":         {"--max-body=-1", "is no size"},
		"a tiny body":             {"--max-body=10", "--max-body: an interaction needs"},
		"a batch below one":       {"--max-batch-body=1MiB", "--max-batch-body: must not be smaller"},
		"a batch beyond memory":   {"--max-batch-body=3GiB", "--max-batch-body"},
		"no duration":             {"--shutdown-grace=soon", "--shutdown-grace"},
		"negative grace":          {"--shutdown-grace=-1s", "--shutdown-grace: -1s is not between"},
		"a short session":         {"--session-lifetime=1s", "--session-lifetime"},
		"idle beyond the session": {"--session-idle=13h", "--session-idle: 13h0m0s is not between 1m0s and 12h0m0s"},
		"an unknown cookie mode":  {"--cookie-secure=maybe", "--cookie-secure"},
		"an unknown level":        {"--log-level=loud", "--log-level"},
		"an empty data folder":    {"--data=", "--data"},
		"a mail server alone":     {"--smtp=mail.example.com:587", "--smtp-from: an e-mail address has to say"},
		"a mail server's name":    {"--smtp=mail.example.com", "--smtp: is not host and port"},
		"an unknown flag":         {"--adr=:1", "--adr"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Load(environment("", nil), c.flag)
			require.ErrorContains(t, err, c.want)
			require.NotContains(t, err.Error(), "hunter2")
		})
	}
}

func TestAWrongVariableIsNamedByItsSetting(t *testing.T) {
	_, err := Load(environment("", map[string]string{"GUARDROOM_MAX_BODY": "much"}))
	require.ErrorContains(t, err, "--max-body")

	_, err = Load(environment("", map[string]string{"GUARDROOM_COOKIE_SECURE": "maybe"}))
	require.ErrorContains(t, err, "--cookie-secure")
}

func TestBrokenEnvFiles(t *testing.T) {
	for name, text := range map[string]string{
		"no assignment":   "OPENAI_API_KEY sk-hunter2",
		"an open quote":   `OPENAI_API_KEY="sk-hunter2`,
		"far too large":   strings.Repeat("#hunter2\n", 1<<17),
		"not text at all": "\x00\x01hunter2",
	} {
		t.Run(name, func(t *testing.T) {
			work := t.TempDir()
			writeEnv(t, work, text)
			_, err := Load(environment(work, nil))
			require.ErrorContains(t, err, ".env")
			require.NotContains(t, err.Error(), "hunter2")
		})
	}
}

func TestSecretsNeverPrint(t *testing.T) {
	loaded, err := Load(environment("", map[string]string{
		"OPENAI_API_KEY": "sk-hunter2", "DATABASE_URL": "postgres://u:hunter2@db/x", "REDIS_URL": "redis://:hunter2@cache",
	}))
	require.NoError(t, err)
	var out bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&out, nil))
	logger.Info("loaded", "config", loaded, "key", loaded.OpenAIKey, "database", loaded.DatabaseURL)
	fmt.Fprintf(&out, "%v %+v %#v %s %q", loaded, loaded, loaded, loaded.DatabaseURL, loaded.RedisURL)
	require.NoError(t, json.NewEncoder(&out).Encode(loaded))
	require.Contains(t, out.String(), "***")
	require.NotContains(t, out.String(), "hunter2")
	require.Empty(t, Secret{}.String())
}

func TestSecureCookies(t *testing.T) {
	for _, c := range []struct {
		mode, url string
		want      bool
	}{
		{"auto", "", false}, {"auto", "http://x.example", false}, {"auto", "https://x.example", true},
		{"always", "http://x.example", true}, {"never", "https://x.example", false},
	} {
		loaded, err := Load(environment("", nil), "--cookie-secure="+c.mode, "--public-url="+c.url)
		require.NoError(t, err)
		require.Equal(t, c.want, loaded.SecureCookies(), c)
	}
}

// A command takes only the groups that it needs; they are checked and find their variables all the same.
func TestACommandEmbedsGroups(t *testing.T) {
	type exportCommand struct {
		Storage `embed:"" group:"Storage"`
		Format  string `enum:"csv,jsonl" default:"csv" help:"The format."`
	}
	data := t.TempDir()
	writeEnv(t, data, "DATABASE_URL=mysql://x")
	var line struct {
		Export exportCommand `cmd:"" help:"Write decisions."`
		Scan   struct{}      `cmd:"" help:"Scan."`
	}
	parser, err := kong.New(&line, environment("", nil).Options()...)
	require.NoError(t, err)
	_, err = parser.Parse([]string{"export", "--data", data})
	require.ErrorContains(t, err, "--database-url: mysql://")
	_, err = parser.Parse([]string{"scan"})
	require.NoError(t, err, "a command without storage does not look for it")
}
