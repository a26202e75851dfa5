package export

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"maps"
	"slices"

	"github.com/guardroom/guardroom/internal/review"
)

// TrailFormat is one of the formats in which the audit trail leaves.
type TrailFormat struct {
	Name      string // in URLs and in names of files
	MediaType string
	// Write writes Events, each with the id of the export, and returns how many.
	Write func(w io.Writer, events iter.Seq2[review.TrailEvent, error], export string) (int, error)
}

// The formats of Decisions.
const (
	FormatCSV   = "csv"
	FormatJSONL = "jsonl"
)

// What goes out at once: of Decisions so many rows, of the trail what a chain of so many
// Events has, because its filters have no index.
const (
	DefaultRowsAtOnce   = 10_000
	DefaultEventsAtOnce = 50_000
)

// Deps is what an Office is made of. All fields are required.
type Deps struct {
	Service  *review.Service
	Accounts *review.Accounts
	Signer   Signer
	Folder   string // for files that are made in the background
	Trail    []TrailFormat
	Clock    review.Clock
	// Create makes a file that must not be there yet, for its owner alone.
	Create       func(path string) (File, error)
	RowsAtOnce   int
	EventsAtOnce int64
}

// Office makes exports: at once into a stream, or in the background into a file. Each one
// gets a signed Manifest. It is safe for concurrent use.
type Office struct {
	Deps
	working chan struct{} // holds one token: a file is made at a time
}

// NewOffice checks that nothing is missing.
func NewOffice(d Deps) (*Office, error) {
	if d.Service == nil || d.Accounts == nil || d.Signer == nil || d.Folder == "" || len(d.Trail) == 0 || d.Clock == nil || d.Create == nil ||
		d.RowsAtOnce < 1 || d.EventsAtOnce < 1 {
		return nil, errors.New("export: a dependency is missing")
	}
	o := &Office{Deps: d, working: make(chan struct{}, 1)}
	o.working <- struct{}{}
	return o, nil
}

// Checked gives an ask the format that it leaves out, and refuses one that does not exist.
func (o *Office) Checked(ask review.ExportAsk) (review.ExportAsk, error) {
	switch ask.Kind {
	case review.ExportDecisions:
		ask.Format = cmp.Or(ask.Format, FormatCSV)
		if ask.Format == FormatCSV || ask.Format == FormatJSONL {
			return ask, nil
		}
	case review.ExportCosts:
		ask.Format, ask.Costs = cmp.Or(ask.Format, FormatCSV), ask.Costs.In(o.Clock().UTC())
		if ask.Format == FormatCSV {
			return ask, nil
		}
	case review.ExportTrail:
		ask.Format = cmp.Or(ask.Format, o.Trail[0].Name)
		if slices.ContainsFunc(o.Trail, func(f TrailFormat) bool { return f.Name == ask.Format }) {
			return ask, nil
		}
	}
	return ask, review.Errorf(review.CodeInvalid, "nothing leaves in this format")
}

// MediaType is that of a file that was asked for.
func (o *Office) MediaType(ask review.ExportAsk) string {
	if ask.Kind == review.ExportTrail {
		for _, f := range o.Trail {
			if f.Name == ask.Format {
				return f.MediaType
			}
		}
	}
	if ask.Format == FormatCSV {
		return "text/csv; charset=utf-8; header=present"
	}
	return "application/x-ndjson"
}

// Large tells whether it is too much to wait for. Costs never are: they are sums, and leave as they are read.
func (o *Office) Large(ctx context.Context, v review.Viewer, ask review.ExportAsk) (bool, error) {
	switch ask.Kind {
	case review.ExportCosts:
		return false, nil
	case review.ExportTrail:
		n, err := o.Service.TrailLength(ctx)
		return n > o.EventsAtOnce, err
	}
	n, err := o.Service.CountDecisions(ctx, v, ask.Filter, o.RowsAtOnce+1)
	return n > o.RowsAtOnce, err
}

// Outgoing is an export that goes out at once.
type Outgoing struct {
	Export review.Export
	office *Office
	rows   rows
}

// Begin starts one with the rights of a viewer. by is who takes it. Who began one must
// call Send.
func (o *Office) Begin(ctx context.Context, v review.Viewer, by review.Actor, ask review.ExportAsk) (*Outgoing, error) {
	ask, err := o.Checked(ask)
	if err != nil {
		return nil, err
	}
	if err := o.Signer.Load(); err != nil {
		return nil, err
	}
	rows, err := o.open(ctx, v, ask)
	if err != nil {
		return nil, err
	}
	e, err := o.Service.BeginExport(ctx, v, by, ask)
	if err != nil {
		return nil, err
	}
	return &Outgoing{Export: e, office: o, rows: rows}, nil
}

// Send writes the file and signs its manifest. left tells whether anything of w has
// reached anybody: an export that broke off before that never was.
func (g *Outgoing) Send(ctx context.Context, w io.Writer, left func() bool) (Manifest, error) {
	e, out := g.Export, newTally(w)
	n, err := g.rows.write(out, e)
	e.Rows, e.Bytes, e.SHA256 = n, out.n, out.sum()
	ctx = context.WithoutCancel(ctx)
	if err != nil && !left() {
		return Manifest{}, errors.Join(err, g.office.Service.DropExport(ctx, e.ID))
	}
	var m Manifest
	if err == nil {
		m = g.office.manifest(e, g.rows)
		e.Manifest = m.encode()
	}
	return m, errors.Join(err, g.office.Service.SentExport(ctx, e))
}

// Manifest is the signed statement about an export, for who may see that.
func (o *Office) Manifest(ctx context.Context, v review.Viewer, id string) (review.Export, []byte, error) {
	e, err := o.Service.Export(ctx, v, id)
	if err != nil {
		return review.Export{}, nil, err
	}
	if len(e.Manifest) == 0 {
		return review.Export{}, nil, review.Errorf(review.CodeConflict, "this export has no manifest: it is not ready, or it failed")
	}
	m, err := ParseManifest(bytes.NewReader(e.Manifest))
	if err != nil {
		return review.Export{}, nil, review.Wrap(review.CodeInternal, err, "a stored manifest cannot be read")
	}
	return e, m.Text(), nil
}

func (o *Office) manifest(e review.Export, r rows) Manifest {
	m := Manifest{
		Format: manifestVersion, Export: e.ID, Kind: e.Ask.Kind, FileFormat: e.Ask.Format, File: e.File, Bytes: e.Bytes, SHA256: e.SHA256, Rows: e.Rows,
		Filter: e.Ask.Narrows(), PersonalData: PersonalNone, By: e.By, Name: e.Name, Role: e.Role, AskedAt: e.AskedAt, MadeAt: o.Clock().UTC(),
	}
	if e.Ask.Kind == review.ExportDecisions {
		m.PersonalData, m.PolicyVersions = PersonalPlaceholders, r.policies.lists()
		if e.Personal {
			m.PersonalData = PersonalAsSubmitted
		}
	}
	if e.Ask.Format == FormatCSV {
		m.Columns, m.Mark = Header(), e.Mark
		if e.Ask.Kind == review.ExportCosts {
			m.Columns = slices.Clone(costHeader)
		}
	}
	return m.signed(o.Signer)
}

// rows are what an export will have, not read yet.
type rows struct {
	write    func(io.Writer, review.Export) (int, error)
	policies policyVersions
	each     *func(n int) error // told after each row, when it is set
}

// policyVersions are those in force when Decisions were made, by App.
type policyVersions map[string]map[int]bool

func (p policyVersions) note(app string, version int) {
	if p[app] == nil {
		p[app] = map[int]bool{}
	}
	p[app][version] = true
}

func (p policyVersions) lists() map[string][]int {
	out := map[string][]int{}
	for app, versions := range p {
		out[app] = slices.Sorted(maps.Keys(versions))
	}
	return out
}

// open asks for the rows with the rights of the viewer.
func (o *Office) open(ctx context.Context, v review.Viewer, ask review.ExportAsk) (rows, error) {
	r := rows{policies: policyVersions{}, each: new(func(int) error)}
	if ask.Kind == review.ExportTrail {
		events, err := o.Service.WholeTrail(ctx, v, ask.Events)
		if err != nil {
			return r, err
		}
		at := slices.IndexFunc(o.Trail, func(f TrailFormat) bool { return f.Name == ask.Format })
		r.write = func(w io.Writer, e review.Export) (int, error) {
			return o.Trail[at].Write(w, watched(events, r.each, nil), e.ID)
		}
		return r, nil
	}
	if ask.Kind == review.ExportCosts {
		costs, err := o.Service.CostRows(ctx, v, ask.Filter.App, ask.Costs)
		r.write = func(w io.Writer, e review.Export) (int, error) { return Costs(w, costs, e.Mark) }
		return r, err
	}
	decisions, err := o.Service.Decisions(ctx, v, ask.Filter)
	if err != nil {
		return r, err
	}
	note := func(d review.DecisionRow) { r.policies.note(d.App, d.Decision.PolicyVersion) }
	r.write = func(w io.Writer, e review.Export) (int, error) {
		if ask.Format == FormatJSONL {
			return JSONL(w, watched(decisions, r.each, note), e.ID)
		}
		return CSV(w, watched(decisions, r.each, note), e.Mark)
	}
	return r, nil
}

// watched passes rows on and tells of each of them.
func watched[T any](in iter.Seq2[T, error], each *func(int) error, note func(T)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		n := 0
		for row, err := range in {
			if err == nil && note != nil {
				note(row)
			}
			if err == nil && *each != nil {
				n++
				err = (*each)(n)
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// tally hashes and counts what goes through it.
type tally struct {
	w    io.Writer
	hash hash.Hash
	n    int64
}

func newTally(w io.Writer) *tally { return &tally{w: w, hash: sha256.New()} }

func (t *tally) Write(b []byte) (int, error) {
	n, err := t.w.Write(b)
	t.hash.Write(b[:n])
	t.n += int64(n)
	return n, err
}

func (t *tally) sum() string { return hex.EncodeToString(t.hash.Sum(nil)) }

// Whose finds the exports that a file, or a part of one, may have come from.
func (o *Office) Whose(ctx context.Context, file io.Reader) ([]review.Export, Traces, error) {
	id, traces, err := FindExport(file)
	if err != nil {
		return nil, traces, review.Wrap(review.CodeUnprocessable, err, fmt.Sprintf("the export cannot be told: %v", err))
	}
	if id != "" {
		e, err := o.Service.Store.Export(ctx, id)
		return []review.Export{e}, traces, err
	}
	found, err := o.Service.Store.ExportsMarked(ctx, traces.Pattern, review.ExportsShown)
	if err == nil && len(found) == 0 {
		err = review.Errorf(review.CodeNotFound, "no export of this installation has the mark %s", traces.Pattern)
	}
	return found, traces, err
}
