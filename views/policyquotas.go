package views

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
)

// quotaWords names the numbers of quotas, in the order of the page.
var quotaWords = []setting{
	{"quotas.user.requests", text.Say("Requests a minute, each user"), ""},
	{"quotas.user.tokens", text.Say("Tokens an hour, each user"), ""},
	{"quotas.user.concurrent", text.Say("Calls at once, each user"), ""},
	{"quotas.key.requests", text.Say("Requests a minute, each key"), ""},
	{"quotas.key.tokens", text.Say("Tokens an hour, each key"), ""},
	{"quotas.key.concurrent", text.Say("Calls at once, each key"), ""},
	{"quotas.app.requests", text.Say("Requests a minute, the App"), ""},
	{"quotas.app.tokens", text.Say("Tokens an hour, the App"), ""},
	{"quotas.app.concurrent", text.Say("Calls at once, the App"), ""},
}

// budgetWords names what else is bounded, in the order of the page.
var budgetWords = []setting{
	{"quotas.roles", text.Say("Quotas of roles"), ""},
	{"quotas.refuse_posts", text.Say("What an app posts beyond a quota"), ""},
	{"quotas.refuse_alone", text.Say("While servers cannot count together"), ""},
	{"limits", text.Say("Fixed limits on conduct"), ""},
	{"budget.monthly", text.Say("Budget of a month"), ""},
	{"budget.currency", text.Say("Currency"), ""},
	{"budget.warn", text.Say("Warn at"), ""},
	{"budget.degrade", text.Say("Model once it is spent"), ""},
	{"budget.prices", text.Say("Prices of a million tokens"), ""},
}

// quotaNumbers are the numbers of a policy's quotas by their fields.
func quotaNumbers(q *review.QuotaRules) map[string]*int {
	out := map[string]*int{}
	for side, quota := range map[string]*review.Quota{"user": &q.User, "key": &q.Key, "app": &q.App} {
		at := "quotas." + side
		out[at+".requests"], out[at+".tokens"], out[at+".concurrent"] = &quota.Requests, &quota.Tokens, &quota.Concurrent
	}
	return out
}

// setQuotas writes the rules into a form.
func (f PolicyForm) setQuotas(p review.Policy) {
	for name, n := range quotaNumbers(&p.Quotas) {
		f.set(name, strconv.Itoa(*n))
	}
	f.set("quotas.roles", roleLines(p.Quotas.Roles))
	f.set("limits", limitLines(p.Limits))
	f.set("quotas.refuse_posts", strconv.FormatBool(p.Quotas.RefusePosts))
	f.set("quotas.refuse_alone", strconv.FormatBool(p.Quotas.RefuseAlone))
	f.set("budget.monthly", review.FormatShare(p.Budget.Monthly))
	f.set("budget.currency", p.Budget.Currency)
	f.set("budget.warn", review.FormatShare(p.Budget.Warn))
	f.set("budget.degrade", p.Budget.Degrade)
	f.set("budget.prices", priceLines(p.Budget.Prices))
}

// quotas reads them back; what was not sent stays.
func (r *policyReader) quotas(p *review.Policy) {
	numbers := quotaNumbers(&p.Quotas)
	for _, name := range slices.Sorted(maps.Keys(numbers)) {
		r.whole(name, numbers[name])
	}
	if r.values.Has("quotas.roles") {
		p.Quotas.Roles = r.roles()
	}
	if r.values.Has("limits") {
		p.Limits = r.limits()
	}
	if r.values.Has("quotas.refuse_posts") {
		p.Quotas.RefusePosts = r.values.Get("quotas.refuse_posts") == "true"
	}
	if r.values.Has("quotas.refuse_alone") {
		p.Quotas.RefuseAlone = r.values.Get("quotas.refuse_alone") == "true"
	}
	r.amount("budget.monthly", &p.Budget.Monthly)
	r.share("budget.warn", &p.Budget.Warn, "0")
	if r.values.Has("budget.currency") {
		p.Budget.Currency = strings.ToUpper(r.text("budget.currency"))
	}
	if r.values.Has("budget.degrade") {
		p.Budget.Degrade = r.text("budget.degrade")
	}
	if r.values.Has("budget.prices") {
		p.Budget.Prices = r.prices()
	}
}

func (r *policyReader) wrong(field, message string) {
	r.bad = append(r.bad, review.FieldError{Field: field, Message: message})
}

// amount reads money; an empty field is none.
func (r *policyReader) amount(name string, into *float64) {
	if !r.values.Has(name) {
		return
	}
	x, ok := readAmount(r.text(name))
	if !ok {
		r.wrong(name, text.Say("must be a number, such as 500 or 2.5"))
		return
	}
	*into = x
}

func readAmount(written string) (float64, bool) {
	if written == "" {
		return 0, true
	}
	x, err := strconv.ParseFloat(strings.Replace(written, ",", ".", 1), 64)
	return x, err == nil
}

// roleLines writes each role on a line: "premium 600 100000 4".
func roleLines(roles map[string]review.Quota) string {
	var lines []string
	for _, role := range slices.Sorted(maps.Keys(roles)) {
		q := roles[role]
		lines = append(lines, role+" "+strconv.Itoa(q.Requests)+" "+strconv.Itoa(q.Tokens)+" "+strconv.Itoa(q.Concurrent))
	}
	return strings.Join(lines, "\n")
}

func (r *policyReader) roles() map[string]review.Quota {
	var out map[string]review.Quota
	for line := range strings.Lines(r.values.Get("quotas.roles")) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		numbers := [3]int{}
		for i := range numbers {
			n, err := 0, error(nil)
			if i+1 < len(words) {
				n, err = strconv.Atoi(words[i+1])
			}
			if err != nil || len(words) > 4 {
				r.wrong("quotas.roles", text.Say("must have a name and three whole numbers on each line, such as premium 600 100000 4"))
				return nil
			}
			numbers[i] = n
		}
		if out == nil {
			out = map[string]review.Quota{}
		}
		out[words[0]] = review.Quota{Requests: numbers[0], Tokens: numbers[1], Concurrent: numbers[2]}
	}
	return out
}

// limitLines writes each limit on a line: "user errors 20".
func limitLines(limits []review.ConductLimit) string {
	lines := make([]string, len(limits))
	for i, l := range limits {
		lines[i] = l.Of + " " + string(l.Metric) + " " + review.FormatShare(l.Most)
	}
	return strings.Join(lines, "\n")
}

func (r *policyReader) limits() (out []review.ConductLimit) {
	for line := range strings.Lines(r.values.Get("limits")) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		most, ok := 0.0, len(words) == 3
		if ok {
			most, ok = readAmount(words[2])
		}
		if !ok {
			r.wrong("limits", text.Say("must have user or app, a metric and a number on each line, such as user errors 20"))
			return nil
		}
		out = append(out, review.ConductLimit{Of: words[0], Metric: review.ConductMetric(words[1]), Most: most})
	}
	return out
}

// priceLines writes each price on a line: "gpt-4o* 2.5 10".
func priceLines(prices []review.Price) string {
	lines := make([]string, len(prices))
	for i, p := range prices {
		lines[i] = p.Model + " " + review.FormatShare(p.Input) + " " + review.FormatShare(p.Output)
	}
	return strings.Join(lines, "\n")
}

func (r *policyReader) prices() (out []review.Price) {
	for line := range strings.Lines(r.values.Get("budget.prices")) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		ok := len(words) >= 3
		p := review.Price{}
		if ok {
			n, in, out := len(words), false, false
			p.Model = strings.Join(words[:n-2], " ")
			p.Input, in = readAmount(words[n-2])
			p.Output, out = readAmount(words[n-1])
			ok = in && out
		}
		if !ok {
			r.wrong("budget.prices", text.Say("must have a model and two numbers on each line, such as gpt-4o* 2.5 10"))
			return nil
		}
		out = append(out, p)
	}
	return out
}

// problemBelow is the first problem of a field or of what is below it.
func problemBelow(p *Problem, field string) string {
	if p == nil {
		return ""
	}
	for _, f := range p.Fields {
		if f.Field == field || strings.HasPrefix(f.Field, field+".") {
			return f.Message
		}
	}
	return ""
}

// quotaFacts lists what is bounded, in words.
func quotaFacts(ctx context.Context, p review.Policy) (out []fact) {
	numbers := quotaNumbers(&p.Quotas)
	for _, w := range quotaWords {
		if n := *numbers[w.name]; n > 0 {
			out = append(out, fact{text.T(ctx, w.word), count(n)})
		}
	}
	for _, role := range slices.Sorted(maps.Keys(p.Quotas.Roles)) {
		out = append(out, fact{settingWord(ctx, "quotas.roles"), roleLines(map[string]review.Quota{role: p.Quotas.Roles[role]})})
	}
	for _, l := range p.Limits {
		out = append(out, fact{settingWord(ctx, "limits"), limitLines([]review.ConductLimit{l})})
	}
	if p.Budget.Monthly > 0 {
		out = append(out, fact{settingWord(ctx, "budget.monthly"), review.FormatShare(p.Budget.Monthly) + " " + p.Budget.Currency})
		if p.Budget.Degrade != "" {
			out = append(out, fact{settingWord(ctx, "budget.degrade"), p.Budget.Degrade})
		}
	}
	return out
}

// limitsHint says what a line of a limit is made of.
func limitsHint(ctx context.Context) string {
	metrics := make([]string, 0, len(review.ConductMetrics()))
	for _, m := range review.ConductMetrics() {
		metrics = append(metrics, string(m))
	}
	return text.T(ctx, "One a line: user or app, a metric, and the most that five minutes may show; behavior.limits flags what is beyond and blocks twice as much. Metrics: %s. Errors, refusals, flagged and tool_failures are in per cent; tokens, latency (ms) and lengths are typical values of an exchange, of users alone.",
		strings.Join(metrics, ", "))
}
