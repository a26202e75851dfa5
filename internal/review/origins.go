package review

import (
	"context"
	"net/url"
	"slices"
	"strings"
)

// MaxOrigins is how many an App may list.
const MaxOrigins = 50

const maxOriginBytes = 255

// ParseOrigin reads the origin of a page as browsers write it (RFC 6454): scheme, host, and a port that is not the
// scheme's own. Patterns are no origins.
func ParseOrigin(text string) (string, bool) {
	u, err := url.Parse(text)
	if err != nil || len(text) > maxOriginBytes || u.Scheme != "https" && u.Scheme != "http" {
		return "", false
	}
	host := u.Hostname()
	plain := host != "" && !strings.ContainsFunc(host, notInHost) && !strings.HasSuffix(u.Host, ":")
	own := map[string]string{"https": "443", "http": "80"}[u.Scheme]
	if origin := u.Scheme + "://" + u.Host; !plain || u.Port() == own || origin != text {
		return "", false
	}
	return text, true
}

// notInHost: what a browser writes is in small letters and ASCII; a colon stands in the addresses of IPv6.
func notInHost(r rune) bool {
	return !('a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '.' || r == '-' || r == '_' || r == ':')
}

// Origins lists whose pages may call an App's API from a browser.
func (a *Accounts) Origins(ctx context.Context, v Viewer, appNamed string) (App, []string, error) {
	app, err := governed(v, appNamed)
	if err != nil {
		return App{}, nil, err
	}
	origins, err := a.Store.Origins(ctx, app.ID)
	return app, origins, err
}

// SetOrigins replaces that list.
func (a *Accounts) SetOrigins(ctx context.Context, v Viewer, appNamed string, origins []string) error {
	app, err := governed(v, appNamed)
	if err != nil {
		return err
	}
	_, err = a.changeOrigins(ctx, v.Actor(), app, func([]string) []string { return origins })
	return err
}

func governed(v Viewer, appNamed string) (App, error) {
	if !v.May(PermPolicy) {
		return App{}, Errorf(CodeForbidden, "your role, %s, may not do this", v.User.Role)
	}
	return v.AppNamed(appNamed)
}

// ChangeOrigins is SetOrigins for whoever holds the data folder: it adds some, removes others, and returns the list.
func (a *Accounts) ChangeOrigins(ctx context.Context, by Actor, appNamed string, allow, forbid []string) ([]string, error) {
	app, err := a.App(ctx, appNamed)
	if err != nil {
		return nil, err
	}
	return a.changeOrigins(ctx, by, app, func(now []string) []string {
		return slices.DeleteFunc(slices.Concat(now, allow), func(o string) bool { return slices.Contains(forbid, o) })
	})
}

type originsDetail struct {
	Allowed   []string `json:"allowed,omitempty"`
	Forbidden []string `json:"forbidden,omitempty"`
}

func (a *Accounts) changeOrigins(ctx context.Context, by Actor, app App, change func(now []string) []string) (origins []string, err error) {
	err = a.Store.Write(ctx, func(tx Tx) error {
		now, err := tx.Origins(app.ID)
		if err != nil {
			return err
		}
		if origins, err = checkedOrigins(change(now)); err != nil {
			return err
		}
		var d originsDetail
		for _, o := range origins {
			if !slices.Contains(now, o) {
				d.Allowed = append(d.Allowed, o)
				if err := tx.PutOrigin(app.ID, o); err != nil {
					return err
				}
			}
		}
		for _, o := range now {
			if !slices.Contains(origins, o) {
				d.Forbidden = append(d.Forbidden, o)
				if err := tx.DeleteOrigin(app.ID, o); err != nil {
					return err
				}
			}
		}
		if d.Allowed == nil && d.Forbidden == nil {
			return nil
		}
		return tx.AppendEvent(event(a.now(), by, "app.origins_changed", app.ID, app.ID, d))
	})
	return origins, err
}

// checkedOrigins sorts them, each once.
func checkedOrigins(origins []string) ([]string, error) {
	all := slices.Clone(origins)
	slices.Sort(all)
	all = slices.Compact(all)
	var wrong invalidFields
	for _, o := range all {
		if _, ok := ParseOrigin(o); !ok {
			wrong.addf("origins", "an origin is scheme and host as browsers write them, such as https://app.example.org: in small letters, without a path, a pattern or the scheme's own port")
			break
		}
	}
	if len(all) > MaxOrigins {
		wrong.addf("origins", "an App lists %d origins at most", MaxOrigins)
	}
	return all, wrong.err()
}

// AllowsOrigin tells whether pages of an origin may call an App; with "" whether they may call any.
func (a *Accounts) AllowsOrigin(ctx context.Context, appID, origin string) (bool, error) {
	if _, ok := ParseOrigin(origin); !ok {
		return false, nil
	}
	return a.Store.AllowsOrigin(ctx, appID, origin)
}
