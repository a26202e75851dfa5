package views

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
	"github.com/guardroom/guardroom/views/ui"
)

// policyTab is one of the pages of an App's policy.
type policyTab struct{ step, word string }

func policyTabs(p PolicyPage) []policyTab {
	tabs := []policyTab{{"", text.Say("Live")}, {StepDraft, text.Say("Draft")}, {StepVersions, text.Say("History")}}
	if p.Viewer.May(review.PermPolicy) {
		tabs = append(tabs, policyTab{StepTrial, text.Say("Try a text")}, policyTab{StepProof, text.Say("From decisions")}, policyTab{StepExperiments, text.Say("Experiments")})
	}
	return tabs
}

func (t policyTab) href(app string) string {
	if t.step == "" {
		return PolicyPath(app)
	}
	return PolicyStep(app, t.step)
}

// categoryGroup is the detectors of one category.
type categoryGroup struct {
	category review.Category
	specs    []review.DetectorSpec
}

// byCategory groups the detectors in the order of the filter form.
func byCategory(specs []review.DetectorSpec) []categoryGroup {
	var out []categoryGroup
	for _, c := range categories {
		g := categoryGroup{category: c}
		for _, s := range specs {
			if s.Category == c {
				g.specs = append(g.specs, s)
			}
		}
		if len(g.specs) > 0 {
			out = append(out, g)
		}
	}
	return out
}

func modeWord(m review.Mode) string {
	switch m {
	case review.ModeEnforce:
		return text.Say("Enforce")
	case review.ModeMonitor:
		return text.Say("Monitor")
	default:
		return text.Say("Off")
	}
}

func modeMeans(m review.Mode) string {
	switch m {
	case review.ModeEnforce:
		return text.Say("counts toward the verdict")
	case review.ModeMonitor:
		return text.Say("recorded and shown, decides nothing")
	default:
		return text.Say("does not run")
	}
}

// kindOfText names a kind of Segment.
func kindOfText(k review.SegmentKind) string {
	switch k {
	case review.SegmentToolArguments:
		return text.Say("Tool arguments")
	case review.SegmentToolOutput:
		return text.Say("Tool output")
	case review.SegmentSystem:
		return text.Say("System prompt")
	case review.SegmentPrompt:
		return text.Say("Prompt")
	case review.SegmentResponse:
		return text.Say("Response")
	case review.SegmentDocument:
		return text.Say("Document")
	default:
		return title(string(k))
	}
}

// threshold writes the least confidence at which something happens.
func threshold(ctx context.Context, x float64) string {
	if x == 0 {
		return text.T(ctx, "never")
	}
	return review.FormatShare(x)
}

// overriddenKinds lists the kinds of text with thresholds of their own.
func overriddenKinds(r review.Rule) []review.SegmentKind {
	var out []review.SegmentKind
	for _, k := range review.SegmentKinds() {
		if _, ok := r.Segments[k]; ok {
			out = append(out, k)
		}
	}
	return out
}

// foundWords says how often a detector found something.
func foundWords(ctx context.Context, t review.DetectorTally) string {
	if t.Interactions == 0 && t.Items == 0 {
		return text.T(ctx, "nothing found")
	}
	return text.T(ctx, "found in %s, %s for review",
		plural(ctx, t.Interactions, text.Say("interaction"), text.Say("interactions")), plural(ctx, t.Items, text.Say("item"), text.Say("items")))
}

// decidedWords says what analysts made of it.
func decidedWords(ctx context.Context, t review.DetectorTally) string {
	if t.Decided() == 0 {
		return text.T(ctx, "none decided")
	}
	return text.T(ctx, "%s approved, %s blocked", count(t.Approved), count(t.Blocked))
}

// overturnWords says how often analysts contradicted the guard, where that can be said.
func overturnWords(ctx context.Context, t review.DetectorTally) string {
	p := t.OverturnRate()
	if p == nil {
		return text.T(ctx, "no overturn rate below %d decisions", review.TallyFloor)
	}
	return text.T(ctx, "%s overturned (95 %% interval %s–%s)", wholePercent(p.Rate), bare(p.Lower), wholePercent(p.Upper))
}

func wholePercent(x float64) string { return bare(x) + "\u00a0%" }

func bare(x float64) string { return strconv.Itoa(int(math.Round(100 * x))) }

// sinceWords names the window of the tallies.
func sinceWords(ctx context.Context, t time.Time) string {
	return text.T(ctx, "since %s, UTC", dayOf(ctx, t))
}

// tuned tells whether a Rule says something else than the Spec.
func tuned(s review.DetectorSpec, r review.Rule) bool {
	return len(review.PolicyDiff(
		review.Policy{Detectors: map[string]review.Rule{s.ID: s.Default}},
		review.Policy{Detectors: map[string]review.Rule{s.ID: r}}, nil)) > 0
}

// changeGroup is the changes of one detector, or of one part of the rest.
type changeGroup struct {
	title   string
	id      string // of the detector
	changes []changeLine
}

// changeLine is one change in words.
type changeLine struct{ what, before, after string }

// changeGroups puts changes into words. Expressions of patterns are for those who may change them: a pattern may be what it protects.
func changeGroups(ctx context.Context, changes []review.FieldChange, specs []review.DetectorSpec, open bool) []changeGroup {
	var out []changeGroup
	for _, c := range changes {
		g, line := changeWords(ctx, c, specs, open)
		at := slices.IndexFunc(out, func(o changeGroup) bool { return o.title == g.title && o.id == g.id })
		if at < 0 {
			at, out = len(out), append(out, g)
		}
		out[at].changes = append(out[at].changes, line)
	}
	return out
}

func changeWords(ctx context.Context, c review.FieldChange, specs []review.DetectorSpec, open bool) (changeGroup, changeLine) {
	if rest, ok := strings.CutPrefix(c.Field, "detectors."); ok {
		return detectorChange(ctx, c, rest, specs)
	}
	if name, ok := strings.CutPrefix(c.Field, "patterns."); ok {
		return changeGroup{title: text.T(ctx, "Patterns")}, changeLine{name, patternWords(ctx, c.Before, open), patternWords(ctx, c.After, open)}
	}
	if id, ok := strings.CutPrefix(c.Field, "labels."); ok {
		return changeGroup{title: text.T(ctx, "Labels")}, changeLine{id, orNone(ctx, c.Before), orNone(ctx, c.After)}
	}
	if isContent(c.Field) {
		return changeGroup{title: text.T(ctx, "Content")}, changeLine{contentWords(ctx, c.Field), patternWords(ctx, c.Before, open), patternWords(ctx, c.After, open)}
	}
	if name, ok := interventionWords(ctx, c.Field, specs); ok {
		return changeGroup{title: text.T(ctx, "Interventions")}, changeLine{name, orNone(ctx, c.Before), orNone(ctx, c.After)}
	}
	if c.Field == "labels" {
		return changeGroup{title: text.T(ctx, "Labels")}, changeLine{text.T(ctx, "Order"), c.Before, c.After}
	}
	return changeGroup{title: text.T(ctx, "Settings")}, changeLine{title(settingWord(ctx, c.Field)), settingValue(ctx, c.Field, c.Before), settingValue(ctx, c.Field, c.After)}
}

// detectorChange reads "ID.mode", "ID.flag" or "ID.segments.KIND.block"; an id has one dot.
func detectorChange(ctx context.Context, c review.FieldChange, rest string, specs []review.DetectorSpec) (changeGroup, changeLine) {
	parts := strings.Split(rest, ".")
	id := strings.Join(parts[:min(2, len(parts))], ".")
	g := changeGroup{title: specTitle(ctx, specs, id), id: id}
	name := parts[len(parts)-1]
	switch {
	case name == "mode":
		return g, changeLine{text.T(ctx, "Mode"), modeOrNone(ctx, c.Before), modeOrNone(ctx, c.After)}
	case len(parts) >= 5:
		kind := text.T(ctx, kindOfText(review.SegmentKind(parts[3])))
		return g, changeLine{kind + ": " + text.T(ctx, fromWord(name)), ownThreshold(ctx, c.Before), ownThreshold(ctx, c.After)}
	}
	return g, changeLine{title(text.T(ctx, fromWord(name))), ownThreshold(ctx, c.Before), ownThreshold(ctx, c.After)}
}

// fromWord names a threshold by what happens from it on.
func fromWord(name string) string {
	if name == "block" {
		return text.Say("block from")
	}
	return text.Say("flag from")
}

func modeOrNone(ctx context.Context, mode string) string {
	if mode == "" {
		return title(orNone(ctx, ""))
	}
	return text.T(ctx, modeWord(review.Mode(mode)))
}

// ownThreshold writes a threshold that may be absent: then that of all texts holds.
func ownThreshold(ctx context.Context, s string) string {
	switch s {
	case "":
		return text.T(ctx, "as in other texts")
	case "0":
		return text.T(ctx, "never")
	}
	return s
}

func patternWords(ctx context.Context, expr string, open bool) string {
	if expr != "" && !open {
		return text.T(ctx, "(an expression)")
	}
	return orNone(ctx, expr)
}

func orNone(ctx context.Context, s string) string {
	if s == "" {
		return text.T(ctx, "none")
	}
	return s
}

// setting is one field of a policy that is about no detector.
type setting struct{ name, word, hint string }

// settings are those fields in the order of the page, due times apart.
var settings = []setting{
	{"risk.flag", text.Say("Flag at a risk of"), text.Say("What all enforced detectors say together. Empty: only detectors on their own flag.")},
	{"risk.block", text.Say("Block at a risk of"), text.Say("At least the risk that flags. Empty: only detectors on their own block.")},
	{"audit_rate", text.Say("Audit sample"), text.Say("The share of allowed interactions that are put into the queue by chance: 0.02 is 2 in 100.")},
	{"fail_open", text.Say("When a detector fails"), text.Say("A detector that could not answer is never taken for an allow, unless you say so here.")},
	{"deadline_ms", text.Say("Deadline, ms"), text.Say("For one screening. A detector that needs longer has failed.")},
	{"max_prompt_bytes", text.Say("Longest prompt, bytes"), text.Say("A longer prompt gets a finding of input.length.")},
}

func settingWord(ctx context.Context, name string) string {
	for _, s := range slices.Concat(settings, blindWords, decidingWords, quotaWords, budgetWords, retentionWords) {
		if s.name == name {
			return text.T(ctx, s.word)
		}
	}
	if severity, ok := strings.CutPrefix(name, "due_minutes."); ok {
		return text.T(ctx, "Due, %s", strings.ToLower(severityName(ctx, review.Severity(severity))))
	}
	return words(name)
}

func settingValue(ctx context.Context, name, value string) string {
	n, err := strconv.Atoi(value)
	switch {
	case name == "fail_open" && value == "true":
		return text.T(ctx, "let it through")
	case name == "fail_open":
		return text.T(ctx, "flag it")
	case name == "blind.severities", strings.HasPrefix(name, "required_reason."), name == "second_opinion.severities", strings.HasPrefix(name, "escalations."):
		return orNone(ctx, value)
	case name == "risk.flag", name == "risk.block":
		x, _ := strconv.ParseFloat(value, 64) // written by PolicyDiff
		return threshold(ctx, x)
	case name == "audit_rate", name == "blind.share", name == "controls.rate", name == "controls.later_rate", name == "second_opinion.share", name == "budget.warn":
		x, _ := strconv.ParseFloat(value, 64) // written by PolicyDiff
		return exactPercent(x)
	case err != nil:
		return value
	case name == "deadline_ms":
		return count(n) + " ms"
	case name == "max_prompt_bytes":
		return text.T(ctx, "%s bytes", count(n))
	case strings.HasPrefix(name, "due_minutes."):
		return minutesWord(ctx, n)
	case strings.HasPrefix(name, "retention."):
		return keptWord(ctx, n)
	}
	return value
}

// exactPercent writes a share that somebody set, with all its digits.
func exactPercent(x float64) string {
	return strconv.FormatFloat(math.Round(1e8*x)/1e6, 'f', -1, 64) + " %"
}

// minutesWord writes minutes in their largest whole unit.
func minutesWord(ctx context.Context, n int) string {
	switch {
	case n%(24*60) == 0:
		return plural(ctx, n/(24*60), text.Say("day"), text.Say("days"))
	case n%60 == 0:
		return plural(ctx, n/60, text.Say("hour"), text.Say("hours"))
	default:
		return plural(ctx, n, text.Say("minute"), text.Say("minutes"))
	}
}

// settingFacts lists a policy's settings in words.
func settingFacts(ctx context.Context, p review.Policy) []fact {
	out := []fact{
		{settingWord(ctx, "risk.flag"), threshold(ctx, p.Risk.Flag)},
		{settingWord(ctx, "risk.block"), threshold(ctx, p.Risk.Block)},
		{settingWord(ctx, "audit_rate"), text.T(ctx, "%s of what is allowed", exactPercent(p.AuditRate))},
		{settingWord(ctx, "fail_open"), settingValue(ctx, "fail_open", strconv.FormatBool(p.FailOpen))},
		{text.T(ctx, "Deadline"), count(p.DeadlineMS) + " ms"},
		{text.T(ctx, "Longest prompt"), text.T(ctx, "%s bytes", count(p.MaxPromptBytes))},
	}
	out = append(out, blindFacts(ctx, p)...)
	out = append(out, decidingFacts(ctx, p)...)
	out = append(out, quotaFacts(ctx, p)...)
	out = append(out, retentionFacts(ctx, p)...)
	for _, s := range slices.Backward(review.Severities()) {
		out = append(out, fact{settingWord(ctx, "due_minutes."+string(s)), text.T(ctx, "within %s", minutesWord(ctx, p.DueMinutes[s]))})
	}
	return out
}

func changesWord(ctx context.Context, n int) string {
	return plural(ctx, n, text.Say("change"), text.Say("changes"))
}

// draftState says in a few words how the draft stands.
func draftState(ctx context.Context, v review.PolicyView, specs []review.DetectorSpec) string {
	if v.Draft == nil {
		return text.T(ctx, "no draft")
	}
	return text.T(ctx, "draft by %s, %s", v.Draft.ActorName, changesWord(ctx, len(v.Changes(specs))))
}

// modeCounts says how many detectors run in which mode.
func modeCounts(ctx context.Context, p review.Policy, specs []review.DetectorSpec) string {
	n := map[review.Mode]int{}
	for _, s := range specs {
		n[p.Mode(s.ID)]++
	}
	var out []string
	for _, c := range []struct {
		mode review.Mode
		word string
	}{{review.ModeEnforce, text.Say("enforced")}, {review.ModeMonitor, text.Say("monitored")}, {review.ModeOff, text.Say("off")}} {
		if n[c.mode] > 0 {
			out = append(out, count(n[c.mode])+" "+text.T(ctx, c.word))
		}
	}
	return strings.Join(out, ", ")
}

func revision(v review.PolicyView) string {
	if v.Draft == nil {
		return ""
	}
	return v.Draft.Revision
}

// side is what one policy makes of a text.
type side struct {
	name       string
	assessment review.Assessment
	cards      []card
	passage    ui.Passage
	whole      []card
}

// sidesOf lays out a trial. Numbers go on from one side to the other: each mark of a page has its own.
func sidesOf(ctx context.Context, p PolicyTrialPage) []side {
	if p.Trial == nil {
		return nil
	}
	out := []side{sideOf(ctx, text.T(ctx, "Live, version %s", strconv.Itoa(p.View.Live.Version)), p, p.Trial.Live, p.View.Live, 0)}
	if p.Trial.Draft != nil {
		out = append(out, sideOf(ctx, text.T(ctx, "Draft"), p, *p.Trial.Draft, p.View.Draft.Policy, len(out[0].cards)))
	}
	return out
}

func sideOf(ctx context.Context, name string, p PolicyTrialPage, a review.Assessment, policy review.Policy, from int) side {
	item := ItemPage{View: review.ItemView{Assessment: a, Policy: policy}, Specs: p.Specs}
	s := side{name: name, assessment: a, cards: cardsOf(ctx, item), passage: ui.Passage{Text: p.Text}}
	s.cards = s.cards[:min(len(s.cards), maxCards)]
	for i := range s.cards {
		s.cards[i].number += from
		c := s.cards[i]
		if c.Start >= c.End {
			s.whole = append(s.whole, c)
			continue
		}
		s.passage.Spans = append(s.passage.Spans, ui.Span{Start: c.Start, End: c.End, Tone: c.tone(), Number: c.number, Label: c.label(ctx)})
	}
	drawn := s.passage.Marked()
	for i, c := range s.cards {
		s.cards[i].marked = slices.Contains(drawn, c.number)
	}
	return s
}

// trialWords compares the two sides in a sentence.
func trialWords(ctx context.Context, t review.Trial) string {
	if t.Draft == nil {
		return text.T(ctx, "The live policy would %s it. There is no draft to compare with.", would(ctx, t.Live.Verdict))
	}
	if t.Draft.Verdict == t.Live.Verdict {
		return text.T(ctx, "Both would %s it.", would(ctx, t.Live.Verdict))
	}
	return text.T(ctx, "The live policy would %s it; the draft would %s it.", would(ctx, t.Live.Verdict), would(ctx, t.Draft.Verdict))
}

func would(ctx context.Context, v review.Verdict) string {
	switch v {
	case review.VerdictBlock:
		return text.T(ctx, "block")
	case review.VerdictFlag:
		return text.T(ctx, "flag")
	default:
		return text.T(ctx, "allow")
	}
}

func trialKindWord(k review.SegmentKind) string {
	if k == review.SegmentDocument {
		return text.Say("A retrieved document")
	}
	return text.Say("A user’s prompt")
}

// versionTitle names a version.
func versionTitle(ctx context.Context, n int) string {
	return text.T(ctx, "Version %s", strconv.Itoa(n))
}

// fieldID is the id of the input of a field.
func fieldID(name string) string {
	return "f-" + strings.NewReplacer(".", "-", "[", "-", "]", "").Replace(name)
}

// described ties an input to its hint and to what is wrong with it.
func described(name string, hint bool, problem string) templ.Attributes {
	var by []string
	if hint {
		by = append(by, fieldID(name)+"-hint")
	}
	out := templ.Attributes{}
	if problem != "" {
		by = append(by, fieldID(name)+"-problem")
		out["aria-invalid"] = "true"
	}
	if len(by) > 0 {
		out["aria-describedby"] = strings.Join(by, " ")
	}
	return out
}

// anchorOf is the id on the form's page that a field's problem leads to.
func anchorOf(field string, p PolicyEditPage) string {
	rest, isDetector := strings.CutPrefix(field, "detectors.")
	switch {
	case isContent(field):
		return contentAnchor(field)
	case isDetector && strings.HasSuffix(field, ".mode"), isDetector && !p.shows(field):
		parts := strings.Split(rest, ".")
		return "d-" + strings.Join(parts[:min(2, len(parts))], ".")
	case field == "labels", field == "patterns":
		return field
	case strings.HasPrefix(field, "labels"):
		return fieldID(field)
	case p.shows(field):
		return fieldID(field)
	}
	return "settings"
}

// shows tells whether the form has an input for the field.
func (p PolicyEditPage) shows(field string) bool {
	if strings.HasPrefix(field, "patterns[") || strings.HasPrefix(field, "labels[") {
		return true
	}
	rest, ok := strings.CutPrefix(field, "detectors.")
	if !ok {
		return strings.HasPrefix(field, "due_minutes.") || strings.HasPrefix(field, "interventions.") || strings.HasPrefix(field, "escalations") || strings.HasPrefix(field, "quotas.roles.") || strings.HasPrefix(field, "limits.") || slices.ContainsFunc(slices.Concat(settings, blindWords, decidingWords, quotaWords, budgetWords, retentionWords), func(s setting) bool { return s.name == field })
	}
	parts := strings.Split(rest, ".")
	known := slices.ContainsFunc(p.Specs, func(s review.DetectorSpec) bool { return strings.HasPrefix(rest, s.ID+".") })
	return known && (len(parts) == 3 || len(parts) == 5 && slices.Contains(review.SegmentKinds(), review.SegmentKind(parts[3])))
}

// fieldWords names a field in the list of problems.
func fieldWords(ctx context.Context, field string, specs []review.DetectorSpec) string {
	for list, word := range map[string]string{"patterns": text.Say("Patterns"), "labels": text.Say("Labels")} {
		if i, ok := rowOf(list, field+"."); ok {
			return text.T(ctx, "%s, row %d", text.T(ctx, word), i+1)
		}
	}
	if isContent(field) {
		return contentWords(ctx, field)
	}
	if name, ok := interventionWords(ctx, field, specs); ok {
		return name
	}
	g, line := changeWords(ctx, review.FieldChange{Field: field}, specs, true)
	if g.title == text.T(ctx, "Settings") {
		return line.what
	}
	return g.title + ": " + line.what
}

func mostSevereFirst() []review.Severity {
	out := review.Severities()
	slices.Reverse(out)
	return out
}

// backFromEdit is where somebody goes who does not want to save.
func backFromEdit(p PolicyEditPage) string {
	if p.View.Draft != nil {
		return PolicyStep(p.View.App.Name, StepDraft)
	}
	return PolicyPath(p.View.App.Name)
}

// policyAdvice says what to do after a refused step.
func policyAdvice(c review.Code) string {
	if c == review.CodeConflict {
		return text.Say("What you typed is kept. Look at what the page shows now, then go on from there.")
	}
	return problemAdvice(c)
}

// reworded says in its message which fields are wrong as the page names them.
func reworded(ctx context.Context, p *Problem) *Problem {
	out := Problem{Code: p.Code, Message: p.Message}
	switch len(p.Fields) {
	case 0:
	case 1:
		out.Message = fieldWords(ctx, p.Fields[0].Field, nil) + " " + text.Word(ctx, p.Fields[0].Message)
	default:
		out.Message = text.T(ctx, "%s fields cannot be taken as they are", count(len(p.Fields)))
	}
	return &out
}

// inPageOrder sorts problems as their fields stand on the form's page.
func inPageOrder(fields []review.FieldError) []review.FieldError {
	rank := func(f review.FieldError) int {
		for i, prefix := range []string{"detectors", "patterns", "labels", "canaries", "tools", "response", fieldGateway} {
			if strings.HasPrefix(f.Field, prefix) {
				return i + 1
			}
		}
		return 0
	}
	out := slices.Clone(fields)
	slices.SortStableFunc(out, func(a, b review.FieldError) int { return rank(a) - rank(b) })
	return out
}

// editAdvice says what to do after a refused draft.
func editAdvice(ctx context.Context, p PolicyEditPage) string {
	switch {
	case p.Problem.Code != review.CodeConflict:
		return problemAdvice(p.Problem.Code)
	case p.View.Draft == nil:
		return text.T(ctx, "What you typed is kept below, and there is no other draft now. Saving again makes one of it.")
	}
	return text.T(ctx, "What you typed is kept below. %s saved a draft in the meantime; saving yours replaces it. Look at theirs first, under Draft in another tab.", p.View.Draft.ActorName)
}
