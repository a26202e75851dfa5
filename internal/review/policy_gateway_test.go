package review

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestWhatIsHeld: the policy says which answers wait for a person: by what was found, or by a risk that is too uncertain to tell.
func TestWhatIsHeld(t *testing.T) {
	tool, topic, other := []Finding{{Category: CategoryTool}}, []Finding{{Category: CategoryTopic}}, []Finding{{Category: CategoryInjection}}
	everything := HoldTriggers{Tools: true, Topics: true, RiskFrom: 0.4, RiskTo: 0.6}
	for name, c := range map[string]struct {
		rules HoldTriggers
		seen  Assessment
		want  bool
	}{
		"nothing is wanted":       {HoldTriggers{}, Assessment{Risk: 0.5, Findings: append(tool, topic...)}, false},
		"a tool":                  {HoldTriggers{Tools: true}, Assessment{Findings: tool}, true},
		"a tool, topics wanted":   {HoldTriggers{Topics: true}, Assessment{Findings: tool}, false},
		"a topic":                 {HoldTriggers{Topics: true}, Assessment{Findings: topic}, true},
		"a topic, tools wanted":   {HoldTriggers{Tools: true}, Assessment{Findings: topic}, false},
		"neither":                 {everything, Assessment{Findings: other}, false},
		"below the band":          {everything, Assessment{Risk: 0.39}, false},
		"where the band begins":   {everything, Assessment{Risk: 0.4}, true},
		"within the band":         {everything, Assessment{Risk: 0.59}, true},
		"where the band ends":     {everything, Assessment{Risk: 0.6}, false},
		"no band without its end": {HoldTriggers{RiskFrom: 0.4}, Assessment{Risk: 0.5}, false},
	} {
		require.Equal(t, c.want, c.rules.Wanted(c.seen), name)
	}
	require.Equal(t, ExpireRefuse, HoldTriggers{}.Expiry(), "closed when nobody says")
}
