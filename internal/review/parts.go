package review

import (
	"context"
	"slices"
	"time"
)

// Breaker is what is known of a service that is asked no more once it has failed too often in a row.
type Breaker struct {
	Asked    bool      // something was, lately
	Open     bool      // nobody is asked now
	Probing  bool      // of an open one: the pause is over, the next call finds out whether it is back
	Failures int       // in a row
	Since    time.Time // when it opened; zero when it is not open
}

// UpstreamPart is a model of a model's service.
type UpstreamPart struct {
	Name  string
	Host  string
	Model string // "" before anything was asked
	Breaker
}

// DetectorPart is a detector that calls out.
type DetectorPart struct {
	ID    string
	Title string
	Breaker
}

// DatabasePart is the database.
type DatabasePart struct {
	Kind string
	Away bool
	Took time.Duration // to say so
}

// CounterPart is what counts quotas and budgets.
type CounterPart struct {
	Shared bool // in Redis, with other servers
	Away   bool // Redis does not answer
}

// WorkerPart is what this server does again and again in the background.
type WorkerPart struct {
	Name         string
	Every        time.Duration
	At           time.Time // when its last round ended; zero before the first
	FailingSince time.Time // zero when the last round went well
}

// Parts are what a server depends on, as that server sees them now.
type Parts struct {
	Upstreams []UpstreamPart
	Detectors []DetectorPart
	Database  DatabasePart
	Counter   CounterPart
	Workers   []WorkerPart
}

// Down counts what does not do what it should.
func (p Parts) Down() (n int) {
	for _, u := range p.Upstreams {
		n += oneIf(u.Open)
	}
	for _, d := range p.Detectors {
		n += oneIf(d.Open)
	}
	for _, w := range p.Workers {
		n += oneIf(!w.FailingSince.IsZero())
	}
	return n + oneIf(p.Database.Away) + oneIf(p.Counter.Away)
}

func oneIf(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// Failing is what the policy of an App says of parts that are down.
type Failing struct {
	App       App
	Version   int
	FailOpen  bool     // an enforced Detector that cannot answer does not flag
	Refuse    bool     // and the gateway refuses the call meanwhile
	Enforced  []string // the remote Detectors among those that are enforced
	Fallbacks []string // models that are asked in the place of one that is down
	Together  bool     // quotas that cannot be counted together refuse
	Expiry    ExpiryMode
}

// Failings returns what the policies in force of the viewer's Apps say of parts that are down.
func (s *Service) Failings(ctx context.Context, v Viewer, parts Parts) ([]Failing, error) {
	if !v.May(PermStatus) {
		return nil, Errorf(CodeForbidden, "your role may not see how the parts do")
	}
	var out []Failing
	for _, app := range v.Apps {
		p, err := s.Store.ActivePolicy(ctx, app.ID)
		if err != nil {
			return nil, err
		}
		p = p.WithDefaults(s.specs)
		f := Failing{
			App: app, Version: p.Version, FailOpen: p.FailOpen, Refuse: p.Gateway.OnFailure == FailureRefuse, Fallbacks: slices.Clone(p.Gateway.Fallbacks),
			Together: p.Quotas.RefuseAlone, Expiry: p.Gateway.Hold.Expiry(),
		}
		for _, d := range parts.Detectors {
			if p.Mode(d.ID) == ModeEnforce {
				f.Enforced = append(f.Enforced, d.ID)
			}
		}
		out = append(out, f)
	}
	return out, nil
}
