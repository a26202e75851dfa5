package detectors

import (
	"context"
	"slices"
	"sync"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/guard/textview"
	"github.com/guardroom/guardroom/internal/review"
)

// sighting is a piece of personal data in a text.
type sighting struct {
	start, end int
	confidence float64
	message    string
}

func (s sighting) overlaps(o sighting) bool { return s.start < o.end && o.start < s.end }

// finder finds one kind of personal data in a folded text. What it returns is in the
// order of the text and does not overlap.
type finder func(text string) []sighting

// kind is a kind of personal data.
type kind struct {
	id     string
	finder func() finder
}

// precedence is the one place that settles what a piece of text is when it could be
// several things, surest first: what satisfies a check sum is no telephone number.
func precedence() []kind {
	return []kind{
		{"pii.iban", ibans},
		{"pii.card", cards},
		{"pii.crypto", cryptoAddresses},
		{"pii.email", emails},
		{"pii.national", nationalNumbers},
		{"pii.ssn", socialSecurityNumbers},
		{"pii.mac", macAddresses},
		{"pii.ip", ipAddresses},
		{"pii.bank", bankNumbers},
		{"pii.passport", passports},
		{"pii.license", licences},
		{"pii.phone", phones},
		{"pii.birth", birthDates},
		{"pii.address", postalAddresses},
		{"pii.name", peopleNames},
	}
}

// named is a finder and whose it is.
type named struct {
	id   string
	find finder
}

// personalFinders are made once: every detector asks those of the surer kinds.
var personalFinders = sync.OnceValue(func() (all []named) {
	for _, k := range precedence() {
		all = append(all, named{k.id, k.finder()})
	}
	return all
})

// personal is a detector of one kind of personal data.
type personal struct {
	own      named
	surer    []named
	severity review.Severity
	literal  bool // what it finds is told by its case
}

func newPersonal(id string, severity review.Severity) *personal {
	p := &personal{severity: severity}
	for _, n := range personalFinders() {
		if n.id == id {
			p.own = n
			return p
		}
		p.surer = append(p.surer, n)
	}
	panic("detectors: " + id + " has no precedence")
}

// Detect looks at the text as it is read and at everything decoded from it.
func (p *personal) Detect(ctx context.Context, in *guard.Input) ([]review.Finding, error) {
	var out []review.Finding
	views := in.Views.Plain()
	if p.literal {
		views = in.Views.Literal()
	}
	for _, v := range views {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for _, s := range p.sightings(in, v) {
			out = append(out, guard.Found(v, s.start, s.end, p.severity, s.confidence, s.message))
		}
	}
	return out, nil
}

// sightings leaves out what is something surer.
func (p *personal) sightings(in *guard.Input, v *textview.View) []sighting {
	found := slices.Clone(p.own.in(in, v))
	for _, n := range p.surer {
		if len(found) == 0 {
			return nil
		}
		found = without(found, n.in(in, v))
	}
	return found
}

// in looks at a view once for all detectors of the Input.
func (n named) in(in *guard.Input, v *textview.View) []sighting {
	type place struct {
		id   string
		view *textview.View
	}
	return guard.Once(in, place{n.id, v}, func() []sighting { return n.find(v.Text) })
}

// without returns those of found that overlap nothing of taken.
func without(found, taken []sighting) []sighting {
	i := 0
	return slices.DeleteFunc(found, func(f sighting) bool {
		for i < len(taken) && taken[i].end <= f.start {
			i++
		}
		return i < len(taken) && taken[i].overlaps(f)
	})
}
