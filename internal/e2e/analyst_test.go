package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/browsertest"
)

// felt measures in the page, from the event of the key to the frame after the one that shows another item.
const felt = `(() => {
	window.felt = [];
	window.lastKey = 0;
	let pressed = 0, from = "";
	const shown = () => ` + shownItem + `;
	document.addEventListener("keydown", (e) => { pressed = window.lastKey = e.timeStamp; from = shown(); }, {capture: true});
	const look = () => {
		if (pressed && shown() && shown() !== from) {
			const since = pressed;
			pressed = 0;
			requestAnimationFrame(() => window.felt.push(performance.now() - since));
		}
		requestAnimationFrame(look);
	};
	look();
	return true;
})()`

// whatToPress reads from the page what an analyst who follows the guard presses next.
const whatToPress = `(() => {
	if (document.querySelector("#decision.is-blind")) return "a";
	const label = document.querySelector("#decision input[name=label]:checked");
	const blocked = document.querySelector("#guard")?.innerText.toLowerCase().includes("block");
	return blocked ? (label ? "b" : "1") : "a";
})()`

// TestAnalyst decides real items by keyboard and reports keys and time: make analyst. As a test it decides a few.
func TestAnalyst(t *testing.T) {
	decide := 20
	if os.Getenv("GUARDROOM_ANALYST") != "" {
		decide = 200
	}
	data := t.TempDir()
	guardroom(t, "", "app", "add", "--data", data, "demo")
	guardroom(t, "", "demo", "--data", data, "--interactions", fmt.Sprint(100*decide), "--seed", "7", "--decided", "0")
	guardroom(t, password, "user", "add", "--data", data, "--email", "ada@example.org", "--name", "Ada", "--role", "analyst", "--app", "demo", "--password-stdin")
	s := &site{process: serve(t, data), data: data}
	before := rows(s.decisions(t))
	p := browsertest.Open(t).Person(t)
	s.signIn(t, p, "ada")
	p.Until(t, scripted)
	p.Press(t, "j", "Enter")
	p.Until(t, onItem)
	require.True(t, p.Is(t, felt))

	keys := 0
	for range decide {
		p.Until(t, aheadReady) // as somebody who reads gives it time to
		item := p.Text(t, shownItem)
		for p.Text(t, shownItem) == item {
			p.Until(t, scripted+` && performance.now() - window.lastKey > 250`) // faster, and it would be a finger that bounces
			p.Press(t, p.Text(t, whatToPress))
			keys++
			require.LessOrEqual(t, keys, 4*decide, "stuck on %s", item)
		}
		p.Until(t, onItem)
	}
	require.Equal(t, before+decide, rows(s.decisions(t)))
	var times []float64
	require.NoError(t, json.Unmarshal([]byte(p.Text(t, `JSON.stringify(window.felt)`)), &times))
	require.Len(t, times, decide)
	slices.Sort(times)
	t.Logf("%d decisions, %.2f keys each; from key to next item painted: p50 %.0f ms, p95 %.0f ms, most %.0f ms",
		decide, float64(keys)/float64(decide), times[decide/2], times[decide*95/100], times[decide-1])
}
