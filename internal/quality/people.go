package quality

import (
	"cmp"
	"slices"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

// The floors under which a figure about a person is not shown: what it would say is chance.
const (
	PaceFloor    = 20 // decisions of which it is known how long was looked,
	PaceHours    = 5  // in so many hours: within one hour decisions are alike, and say nothing of how much pace varies
	ControlFloor = 20 // controls, ten of each kind
	BlindFloor   = 20 // items judged blind first where one differed from the guard
)

// Person is how somebody worked and judged. What has too little behind it is nil.
type Person struct {
	UserID, Name string
	Decisions    int
	Looked       *Interval  // focused seconds for a decision
	Agreement    *Agreement // with second opinions; escalations are left out
	Kappa        *Interval
	Controls     *Detection
	Switched     *Proportion // went over to the guard, of the items judged blind first where they differed

	Timed, Hours          int // decisions of which it is known how long was looked, and in how many hours
	Opinions, Seen, Blind int // what there was of each, shown or not
}

// People measures everybody who worked, by name.
func People(work []review.WorkTally, told []review.Telling) []Person {
	names := map[string]string{}
	hours, tellings := map[string][]review.WorkTally{}, map[string][]review.Telling{}
	for _, w := range work {
		names[w.UserID] = w.UserName
		hours[w.UserID] = append(hours[w.UserID], w)
	}
	opinions := map[string][]review.Telling{}
	for _, t := range told {
		if t.Undone {
			continue
		}
		tellings[t.UserID] = append(tellings[t.UserID], t)
		if t.Opinion > 0 {
			opinions[t.ItemID] = append(opinions[t.ItemID], t)
		}
	}
	out := make([]Person, 0, len(names))
	for id, name := range names {
		p := Person{UserID: id, Name: name}
		p.work(hours[id])
		p.opinions(id, opinions)
		p.judge(tellings[id])
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b Person) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.UserID, b.UserID)) })
	return out
}

func (p *Person) work(hours []review.WorkTally) {
	for _, h := range hours {
		p.Decisions += h.Decisions
		p.Timed += h.Timed
		p.Hours += min(h.Timed, 1)
	}
	if p.Timed < PaceFloor || p.Hours < PaceHours {
		return
	}
	looked := Bootstrap(hours, 1, secondsEach)
	p.Looked = &looked
}

// secondsEach is the focused time of one decision.
func secondsEach(hours []review.WorkTally) float64 {
	timed, focused := 0, time.Duration(0)
	for _, h := range hours {
		timed, focused = timed+h.Timed, focused+h.Focused
	}
	return focused.Seconds() / float64(timed)
}

func (p *Person) opinions(id string, byItem map[string][]review.Telling) {
	var pairs []Pair
	for _, item := range sortedItems(byItem) {
		both := byItem[item]
		if len(both) != 2 {
			continue
		}
		mine := slices.IndexFunc(both, func(t review.Telling) bool { return t.UserID == id })
		if mine < 0 || both[0].Final == review.JudgeEscalate || both[1].Final == review.JudgeEscalate {
			continue
		}
		pairs = append(pairs, Pair{string(both[mine].Final), string(both[1-mine].Final)})
	}
	if p.Opinions = len(pairs); p.Opinions < AgreementFloor {
		return
	}
	a := NewAgreement(pairs)
	kappa := Bootstrap(pairs, 1, func(of []Pair) float64 { return NewAgreement(of).Kappa })
	p.Agreement, p.Kappa = &a, &kappa
}

func sortedItems(byItem map[string][]review.Telling) []string {
	out := make([]string, 0, len(byItem))
	for id := range byItem {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

// judge looks at controls and at what was judged blind first.
func (p *Person) judge(told []review.Telling) {
	var hits, signals, alarms, noises int
	var switched counter
	for _, t := range told {
		if t.Final == review.JudgeEscalate {
			continue
		}
		final, guard := t.Final == review.JudgeBlock, t.Guard > review.VerdictAllow
		if t.Gold != nil {
			p.Seen++
			switch gold := *t.Gold == review.JudgeBlock; {
			case gold:
				signals, hits = signals+1, hits+one(final)
			default:
				noises, alarms = noises+1, alarms+one(final)
			}
		}
		if t.Blind == nil || *t.Blind == review.JudgeEscalate {
			continue
		}
		initial := *t.Blind == review.JudgeBlock
		if initial != guard {
			switched.add(final == guard)
		}
	}
	if min(signals, noises) >= ControlFloor/2 {
		d := NewDetection(hits, signals, alarms, noises)
		p.Controls = &d
	}
	if p.Blind = switched.n; p.Blind >= BlindFloor {
		s := switched.share()
		p.Switched = &s
	}
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}
