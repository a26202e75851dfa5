package store

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/guardroom/guardroom/internal/review"
)

// listQueries are the lists beside queue and exports: what people open, and what servers ask again and again.
func listQueries() []plannedQuery {
	apps := planAppIDs()[:3]
	return []plannedQuery{
		{name: "alike", index: "items", sql: selectAlike, args: []any{"app-1", "f", "it-1", 10}},
		{name: "own controls", index: "items_controls", sql: selectControlDesk, args: []any{"u1", "u1"}},
		{name: "hours of the queue", index: "item_hours", sql: selectHours, args: []any{apps, 7}},
		{name: "work", index: "SEARCH w USING PRIMARY KEY (app_id=? AND hour>?)", sql: selectWork, args: []any{apps, 7, "", ""}},
		{name: "what tells", index: "decisions_telling", sql: selectTelling, args: []any{apps, 7, "", "", "", 10}},
		{name: "hidden scores", index: "decisions_hidden", sql: selectHidden, args: []any{"app-1", 10}},
		{name: "inbox", index: "inbox", sql: selectInbox + " ORDER BY e.created_at DESC, e.id DESC", args: []any{"u1", apps}},
		{name: "conduct of a user", index: "SEARCH h USING PRIMARY KEY (app_id=? AND user_id=? AND hour>?)", sql: selectConduct, args: []any{"app-1", "u1", 7}},
		{name: "busiest users", index: "conduct_hours_recent", sql: selectBusiest, args: []any{"app-1", 7, 10}},
		{name: "costs by day", index: "SEARCH cost_days USING PRIMARY KEY (app_id=? AND side=? AND user_id=? AND model=? AND day>? AND day<?)", sql: selectCostDays, args: []any{"app-1", 0, "", "", 7, 9}},
		{name: "dearest models", index: "cost_months_models", sql: selectCostModels, args: []any{"app-1", 1, 7, "", 10}},
		{name: "dearest users", index: "cost_months_users", sql: selectCostUsers, args: []any{"app-1", 2, 7, "", 10}},
		{name: "costs for a file", index: "SEARCH cost_months USING PRIMARY KEY (app_id=? AND side=? AND month=? AND (user_id,model)>(?,?))", sql: selectCostsFrom, args: []any{"app-1", 3, 7, "", "", 10}},
		{name: "restrictions", index: "restrictions_until", sql: selectRestrictions, args: []any{7}},
		{name: "enrolments of a user", index: "experiments", sql: selectEnrolments, args: []any{"app-1", "u1"}},
		{name: "outcomes in order", index: "outcomes_order", sql: selectOutcomes, args: []any{"e", "time", 10}},
		{name: "versions of a policy", index: "policies", sql: selectPolicyVersions, args: []any{"app-1", 10}},
		{name: "log of a webhook", index: "deliveries_log", sql: deliveryLogSQL(review.DeliveryQuery{Before: 9}), args: []any{"h", 9, 50}},
		{name: "log of a webhook's dead", index: "deliveries_", sql: deliveryLogSQL(review.DeliveryQuery{State: review.DeliveryDead}), args: []any{"h", "dead", 50}},
		{name: "attempts of a delivery", index: "delivery_attempts_of", sql: selectAttempts, args: []any{9, 50}},
		{name: "waiting for webhooks", index: "deliveries_waiting", sql: selectWaiting, args: []any{"app-1"}},
		{name: "dead letters of webhooks", index: "deliveries_dead", sql: selectDead, args: []any{"app-1"}},
		{name: "rules of alerts", index: "alert_rules_app", sql: selectAlertRules, args: []any{apps}},
		{name: "open alerts", index: "alerts_open", sql: selectOpenAlerts, args: []any{apps}},
		{name: "recent alerts", index: "alerts_recent", sql: selectRecentAlerts, args: []any{"app-1", 10}},
		{name: "alerts that nobody was told of", index: "alerts_untold", sql: selectUntoldAlerts, args: []any{"app-1"}},
		{name: "ends that nobody was told of", index: "alerts_end_untold", sql: selectUntoldEnds, args: []any{"app-1"}},
		{name: "when somebody was last told", index: "alerts_told", sql: selectLastTold, args: []any{"app-1", "app-1"}},
		{name: "deliveries of alerts", index: "deliveries", sql: selectTopicDeliveries, args: []any{"w", []string{"a", "b"}, 5}},
		{name: "deliveries that were given up", index: "deliveries_given_up", sql: selectAbandoned, args: []any{"app-1", 7}},
		{name: "failures of detectors", index: "SEARCH failure_hours USING PRIMARY KEY (app_id=? AND hour>?)", sql: selectFailures, args: []any{"app-1", 7}},
		{name: "what was decided of what went out", index: "outbox_feed", sql: selectDeliveries, args: []any{"app-6", "t", 10, 100}},
	}
}

func deliveryLogSQL(q review.DeliveryQuery) string { sql, _ := deliveryLog(q); return sql }

// Every list finds its rows by an index: none walks through a table that grows.
func TestSQLiteSearchesForEveryList(t *testing.T) {
	s := openFor(t, Options{Dir: t.TempDir()})
	for _, q := range listQueries() {
		plan := explainSQLite(t, s, q)
		assert.Contains(t, plan, q.index, "%s\n%s", q.name, plan)
		for line := range strings.Lines(plan) {
			walks := strings.HasPrefix(line, "SCAN ") && !strings.Contains(line, "CONSTANT ROW") && !strings.Contains(line, "SUBQUERY") &&
				!strings.HasPrefix(line, "SCAN (") && !strings.HasPrefix(line, "SCAN json_each")
			assert.False(t, walks, "%s walks:\n%s", q.name, plan)
			sorts := strings.HasPrefix(q.name, "dearest") && strings.Contains(line, "TEMP B-TREE")
			assert.False(t, sorts, "%s sorts what an index could give in order:\n%s", q.name, plan)
		}
	}
}
