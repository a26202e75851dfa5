package review

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"
)

// Deps is what a Service is made of. All fields are required.
type Deps struct {
	Store    Store
	Screener Screener
	Bias     BiasEngine
	Conduct  Conduct
	Ledger   Ledger
	Meter    Meter
	Clock    Clock
	NewID    func() string  // unique, ordered by time: UUIDv7
	NewToken func() string  // unguessable
	Rand     func() float64 // in [0,1), for sampling
}

// Service is the use cases of Interactions and Items. It is safe for concurrent use.
type Service struct {
	Deps
	specs        []DetectorSpec
	policies     sync.Map // policyKey → Policy: versions never change
	restrictions restrictions
}

type policyKey struct {
	appID   string
	version int
}

// NewService checks that nothing is missing.
func NewService(d Deps) (*Service, error) {
	if d.Store == nil || d.Screener == nil || d.Bias == nil || d.Conduct == nil || d.Ledger == nil || d.Meter == nil || d.Clock == nil ||
		d.NewID == nil || d.NewToken == nil || d.Rand == nil {
		return nil, errors.New("review: a dependency of the service is missing")
	}
	return &Service{Deps: d, specs: slices.Concat(d.Screener.Specs(), d.Bias.Specs(), conductSpecs(d.Conduct))}, nil
}

// now is the clock at the precision that stores keep.
func (s *Service) now() time.Time { return s.Clock().UTC().Truncate(time.Microsecond) }

// policy returns a version of an App's policy, with a Rule for every detector.
func (s *Service) policy(ctx context.Context, appID string, version int) (Policy, error) {
	key := policyKey{appID, version}
	if p, ok := s.policies.Load(key); ok {
		return p.(Policy), nil
	}
	p, err := s.Store.Policy(ctx, appID, version)
	if err != nil {
		return Policy{}, err
	}
	p = p.WithDefaults(s.specs)
	s.policies.Store(key, p)
	return p, nil
}

// event records who did what; detail is marshalled canonically (struct order).
func event(at time.Time, by Actor, action, object, appID string, detail any) Event {
	b, err := json.Marshal(detail)
	if err != nil {
		panic("review: an event detail must be plain data: " + err.Error())
	}
	return Event{At: at, Actor: by, Action: action, Object: object, AppID: appID, Detail: string(b)}
}
