package views

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

// The parameters of the queue's URL.
const (
	paramApp      = "app"
	paramKind     = "kind"
	paramState    = "state"
	paramSeverity = "severity"
	paramCategory = "category"
	paramDetector = "detector"
	ParamUser     = "user"
	paramModel    = "model"
	paramLabel    = "label"
	paramPolicy   = "policy"
	paramRiskFrom = "risk_from" // of 0 to 1, like the risk itself
	paramRiskTo   = "risk_to"
	paramOlder    = "older"   // 90m, 6h, 7d
	paramYounger  = "younger" // the same
	paramHolder   = "held_by"
	paramQueue    = "escalated_to"
	paramMine     = "mine"
	paramOverdue  = "overdue"
	paramSort     = "sort"
	paramText     = "q"
	ParamAfter    = "after" // review.Position
	ParamSince    = "since" // of a stream of events: the point to go on from
)

// maxParam bounds one parameter of a filter, in bytes.
const maxParam = 512

// FilterQuery writes a filter as URL parameters; ParseFilter reads them back.
func FilterQuery(f review.Filter) url.Values {
	q := url.Values{}
	for name, value := range map[string]string{
		paramApp: f.App, paramKind: string(f.Kind), paramState: string(f.State), paramSeverity: string(f.Severity),
		paramCategory: string(f.Category), paramDetector: f.Detector, ParamUser: f.UserID, paramModel: f.Model, paramLabel: f.Label,
		paramPolicy: wholeOrNone(f.Policy), paramRiskFrom: hundredths(f.RiskFrom), paramRiskTo: hundredths(f.RiskTo),
		paramOlder: ageParam(f.OlderThan), paramYounger: ageParam(f.YoungerThan), paramHolder: f.Holder, paramQueue: f.Escalation,
		paramMine: switchParam(f.Mine), paramOverdue: switchParam(f.Overdue), paramSort: sortParam(f.Sort), paramText: f.Text,
	} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q
}

// ParseFilter reads a filter from URL parameters. Empty ones do not filter, unknown names are left alone, and a value that cannot be
// is CodeInvalid with the parameter's name.
func ParseFilter(q url.Values) (review.Filter, error) {
	r := paramReader{values: q}
	f := review.Filter{
		App:      r.text(paramApp),
		Kind:     oneOf(&r, paramKind, review.ItemKinds()),
		State:    oneOf(&r, paramState, review.ItemStates()),
		Severity: oneOf(&r, paramSeverity, review.Severities()),
		Category: oneOf(&r, paramCategory, categories),
		Detector: r.text(paramDetector),
		UserID:   r.text(ParamUser),
		Model:    r.text(paramModel),
		Label:    r.text(paramLabel),
		Policy:   r.whole(paramPolicy),
		RiskFrom: r.hundredths(paramRiskFrom), RiskTo: r.hundredths(paramRiskTo),
		OlderThan: r.age(paramOlder), YoungerThan: r.age(paramYounger),
		Holder:     r.text(paramHolder),
		Escalation: r.text(paramQueue),
		Mine:       r.on(paramMine),
		Overdue:    r.on(paramOverdue),
		Text:       strings.TrimSpace(r.text(paramText)),
		Sort:       oneOf(&r, paramSort, review.Sorts()),
	}
	if f.Text != "" {
		f.Sort = review.SortFound
	}
	if r.bad != "" {
		return review.Filter{}, badParam(r.bad)
	}
	return f, nil
}

// paramReader reads parameters and remembers the first that cannot be.
type paramReader struct {
	values url.Values
	bad    string
}

func (r *paramReader) refuse(name string) {
	if r.bad == "" {
		r.bad = name
	}
}

// text leaves NUL only where it finds nothing: nobody's name has one.
func (r *paramReader) text(name string) string {
	value := r.values.Get(name)
	if len(value) > maxParam || strings.ContainsRune(value, 0) {
		r.refuse(name)
		return ""
	}
	return value
}

func oneOf[T ~string](r *paramReader, name string, known []T) T {
	value := T(r.values.Get(name))
	if value != "" && !slices.Contains(known, value) {
		r.refuse(name)
		return ""
	}
	return value
}

func (r *paramReader) on(name string) bool {
	switch r.values.Get(name) {
	case "", "0", "false":
	case "1", "true", "on":
		return true
	default:
		r.refuse(name)
	}
	return false
}

// maxPolicy is beyond what policies are numbered.
const maxPolicy = 1 << 30

func (r *paramReader) whole(name string) int {
	text := r.values.Get(name)
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > maxPolicy {
		r.refuse(name)
		return 0
	}
	return n
}

func (r *paramReader) hundredths(name string) int {
	text := r.values.Get(name)
	if text == "" {
		return 0
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || !(x >= 0 && x <= 1) {
		r.refuse(name)
		return 0
	}
	return int(float64(x*100) + 0.5)
}

// maxAge is longer than anything is kept.
const maxAge = 100 * 365 * 24 * time.Hour

func (r *paramReader) age(name string) time.Duration {
	text := r.values.Get(name)
	if text == "" {
		return 0
	}
	unit, known := ageUnits[text[len(text)-1]]
	n, err := strconv.Atoi(text[:len(text)-1])
	if !known || err != nil || n < 1 || n > int(maxAge/unit) {
		r.refuse(name)
		return 0
	}
	return time.Duration(n) * unit
}

var ageUnits = map[byte]time.Duration{'m': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour}

// ageParam writes whole minutes, hours or days, in the largest unit that loses nothing.
func ageParam(d time.Duration) string {
	switch {
	case d == 0:
		return ""
	case d%(24*time.Hour) == 0:
		return strconv.Itoa(int(d/(24*time.Hour))) + "d"
	case d%time.Hour == 0:
		return strconv.Itoa(int(d/time.Hour)) + "h"
	default:
		return strconv.Itoa(int(d/time.Minute)) + "m"
	}
}

func hundredths(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatFloat(float64(n)/100, 'g', -1, 64)
}

func wholeOrNone(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// sortParam leaves out the order that follows from a search.
func sortParam(s review.Sort) string {
	if s == review.SortFound {
		return ""
	}
	return string(s)
}

func switchParam(on bool) string {
	if on {
		return "1"
	}
	return ""
}

func badParam(name string) error {
	return &review.Error{
		Code:    review.CodeInvalid,
		Message: "the filter “" + name + "” has a value that does not exist",
		Fields:  []review.FieldError{{Field: name, Message: "is not one of the values it can have"}},
	}
}

// categories lists what the filter form offers, in the order of how often people look for them.
var categories = []review.Category{
	review.CategoryInjection, review.CategoryPII, review.CategorySecret, review.CategoryExfil, review.CategoryToxicity,
	review.CategoryTool, review.CategoryOutput, review.CategoryTopic, review.CategoryInput, review.CategoryBehavior, review.CategoryBias,
}
