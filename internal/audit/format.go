package audit

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/guardroom/guardroom/internal/harmless"
	"github.com/guardroom/guardroom/internal/review"
)

// Format is how Events are written for other programs, one on each line.
type Format string

// The formats.
const (
	JSONLines Format = "jsonl" // an Event with its hashes: what the chain can be verified from
	CEF       Format = "cef"   // ArcSight Common Event Format, version 0
	OCSF      Format = "ocsf"  // Open Cybersecurity Schema Framework 1.3, JSON
)

// Formats lists every format.
func Formats() []Format { return []Format{JSONLines, CEF, OCSF} }

// Valid tells whether the format is one of Formats.
func (f Format) Valid() bool { return slices.Contains(Formats(), f) }

// MediaType of a file in the format.
func (f Format) MediaType() string {
	if f == CEF {
		return "text/plain; charset=utf-8"
	}
	return "application/x-ndjson"
}

// Line writes one Event without an end of line. product is the version of this program.
// What stands in the Event cannot begin a second line.
func (f Format) Line(e review.TrailEvent, product string) []byte { return f.line(e, product, "") }

// line is Line with the id of the export that it leaves in.
func (f Format) line(e review.TrailEvent, product, export string) []byte {
	switch f {
	case CEF:
		return cefLine(e, product, export)
	case OCSF:
		out := ocsfOf(e, product)
		out.Unmapped.Export = export
		return marshal(out)
	}
	out := jsonOf(e)
	out.Export = export
	return marshal(out)
}

// Write writes Events, each with an end of line, and returns how many. Each line has the
// id of the export, so that it can be told whose copy it came from.
func (f Format) Write(w io.Writer, events iter.Seq2[review.TrailEvent, error], product, export string) (int, error) {
	n := 0
	for e, err := range events {
		if err != nil {
			return n, err
		}
		if _, err := w.Write(append(f.line(e, product, export), '\n')); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// marshal escapes also what JSON would leave.
func marshal(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("audit: an event is plain data: " + err.Error())
	}
	return harmless.JSON(b)
}

type jsonEvent struct {
	Seq      int64           `json:"seq"`
	At       string          `json:"at"`
	Actor    review.Actor    `json:"actor"`
	Name     string          `json:"actor_name,omitempty"`
	Action   string          `json:"action"`
	Object   string          `json:"object"`
	AppID    string          `json:"app_id,omitempty"`
	App      string          `json:"app,omitempty"`
	Detail   json.RawMessage `json:"detail"`
	Origin   *review.Origin  `json:"origin,omitempty"`
	PrevHash string          `json:"prev_hash"`
	Hash     string          `json:"hash"`
	Export   string          `json:"export,omitempty"`
}

func jsonOf(e review.TrailEvent) jsonEvent {
	out := jsonEvent{
		Seq: e.Seq, At: stamp(e.At), Actor: e.Actor, Name: e.ActorName, Action: e.Action, Object: e.Object,
		AppID: e.AppID, App: e.App, Detail: detailOf(e), PrevHash: hex.EncodeToString(e.PrevHash[:]), Hash: hex.EncodeToString(e.Hash[:]),
	}
	if e.Origin != (review.Origin{}) {
		out.Origin = &e.Origin
	}
	return out
}

// detailOf: what is no JSON, because somebody changed it, is shown as a text.
func detailOf(e review.TrailEvent) json.RawMessage {
	if json.Valid([]byte(e.Detail)) {
		return json.RawMessage(e.Detail)
	}
	return marshal(e.Detail)
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

// The header's fields escape pipes, the extension's equals signs; both backslashes.
// What acts becomes visible: a line feed would begin another event, and a terminal
// would obey an escape.
var (
	cefHeader    = strings.NewReplacer(`\`, `\\`, `|`, `\|`)
	cefExtension = strings.NewReplacer(`\`, `\\`, `=`, `\=`)
)

func cefLine(e review.TrailEvent, product, export string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "CEF:0|Guardroom|Guardroom|%s|%s|%s|%d|", cefHeader.Replace(harmless.Visible(product)), cefHeader.Replace(harmless.Visible(e.Action)),
		cefHeader.Replace(harmless.Visible(strings.ReplaceAll(e.Action, ".", " "))), cefSeverity(e.Action))
	first := true
	put := func(key, value string) {
		if value == "" {
			return
		}
		if !first {
			b.WriteByte(' ')
		}
		first = false
		b.WriteString(key + "=" + cefExtension.Replace(harmless.Visible(value)))
	}
	put("rt", fmt.Sprint(e.At.UnixMilli()))
	put("externalId", fmt.Sprint(e.Seq))
	put("suid", e.Actor.ID)
	put("suser", e.ActorName)
	put("spriv", string(e.Origin.Role))
	put("src", e.Origin.Address)
	put("act", e.Action)
	put("outcome", outcomeOf(e.Action))
	put("duid", e.Object)
	labelled := func(n int, label, value string) {
		if value != "" {
			put(fmt.Sprintf("cs%dLabel", n), label)
			put(fmt.Sprintf("cs%d", n), value)
		}
	}
	labelled(1, "app", e.App)
	labelled(2, "session", e.Origin.Session)
	labelled(3, "request", e.Origin.Request)
	labelled(4, "detail", e.Detail)
	labelled(5, "hash", hex.EncodeToString(e.Hash[:]))
	labelled(6, "actorKind", string(e.Actor.Kind))
	if export != "" { // the six custom strings are taken
		put("flexString1Label", "export")
		put("flexString1", export)
	}
	return []byte(b.String())
}

// refused tells whether an act was tried in vain; every other Event tells of one that was done.
func refused(action string) bool {
	_, verb, _ := strings.Cut(action, ".")
	return strings.HasSuffix(verb, "_refused") || verb == "failed"
}

func outcomeOf(action string) string {
	if refused(action) {
		return "failure"
	}
	return "success"
}

// cefSeverity is 0 to 10: 3 for everyday acts, 6 for those that change who may do what,
// what is enforced, or that take data out.
func cefSeverity(action string) int {
	if weighty(action) {
		return 6
	}
	return 3
}

func weighty(action string) bool {
	family, verb, _ := strings.Cut(action, ".")
	switch family {
	case "key", "policy", "audit", "export", "retention", "erasure", "hold":
		return true
	case "user":
		return verb != "signed_in" && verb != "signed_out"
	}
	return verb == "exported" || verb == "unmasked" || verb == "undone"
}
