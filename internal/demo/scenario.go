package demo

// scenario is one kind of conversation. Its texts are the rules <language>.<name>.prompt, .reply and, for further
// turns, .follow and .answer.
type scenario struct {
	name      string
	weight    int // how many in a thousand conversations
	nature    Nature
	risk      string // the risk class that the App reports, "" when it reports none
	turns     int    // at most
	documents bool   // retrieved texts, rule .document
	tools     bool   // tool calls, rules tool.*
}

// scenarios of ordinary users. What is not harmless is about one in eight, as in a busy day.
var scenarios = []scenario{
	{name: "support", weight: 225, nature: Harmless, risk: "low", turns: 5},
	{name: "code", weight: 140, nature: Harmless, turns: 5},
	{name: "rag", weight: 135, nature: Harmless, risk: "medium", turns: 3, documents: true},
	{name: "agent", weight: 115, nature: Harmless, risk: "medium", turns: 3, tools: true},
	{name: "writing", weight: 110, nature: Harmless, turns: 4},
	{name: "knowledge", weight: 115, nature: Harmless, risk: "low", turns: 4},
	{name: "smalltalk", weight: 35, nature: Harmless, turns: 3},
	{name: "long", weight: 8, nature: Harmless, turns: 1},
	{name: "about_attacks", weight: 10, nature: Harmless, turns: 2},
	{name: "personal", weight: 38, nature: Personal, risk: "low", turns: 2},
	{name: "risky", weight: 30, nature: Risky, risk: "high", turns: 3},
	{name: "leading", weight: 16, nature: Leading, risk: "low", turns: 2},
	{name: "attack", weight: 14, nature: Attack, turns: 3},
	{name: "hidden", weight: 4, nature: Attack, turns: 1},
	{name: "poisoned", weight: 6, nature: Attack, risk: "medium", turns: 1, documents: true},
	{name: "hijacked", weight: 5, nature: Attack, risk: "medium", turns: 1, tools: true},
}

// hostileScenarios are what attackers try; the rest of their traffic is like everybody's.
var hostileScenarios = []scenario{
	{name: "attack", weight: 55, nature: Attack, turns: 4},
	{name: "hidden", weight: 25, nature: Attack, turns: 2},
	{name: "poisoned", weight: 12, nature: Attack, risk: "medium", turns: 1, documents: true},
	{name: "hijacked", weight: 8, nature: Attack, risk: "medium", turns: 1, tools: true},
}

// tools that agents call: the rules tool.<name>.arguments, .output and .error.
var tools = []string{"get_order", "search_documents", "create_ticket", "send_email", "run_query", "fetch_page", "get_calendar", "convert_currency"}

// toolOf is the tool that a question is about, by the question's tag.
var toolOf = map[string]string{
	"order": "get_order", "ticket": "create_ticket", "contract": "search_documents", "count": "run_query", "calendar": "get_calendar",
	"mail": "send_email", "money": "convert_currency", "page": "fetch_page", "stock": "run_query", "minutes": "search_documents",
}

// models with their versions; a few carry most of the traffic.
var models = []struct {
	name, version string
	weight        int
}{
	{"gpt-4o-mini", "2024-07-18", 38}, {"gpt-4.1", "2025-04-14", 22}, {"claude-sonnet-4", "20250514", 18},
	{"llama-3.3-70b-instruct", "", 12}, {"mistral-large", "2411", 7}, {"in-house-7b", "r12", 3},
}
