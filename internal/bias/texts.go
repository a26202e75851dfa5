package bias

import (
	"fmt"
	"math"

	"github.com/guardroom/guardroom/internal/review"
)

// propose words what a fired detector would say to the user, and to the analyst who decides whether it is said.
func propose(p posterior, confidence float64, o review.Observation) *review.Proposal {
	finding := review.Finding{
		Detector: o.Detector, Category: review.CategoryBias, Severity: severityOf(p.mean(), o), Confidence: confidence,
	}
	proposal := acceptanceProposal(p, finding, o)
	if o.Detector == LeadingPrompt {
		proposal = leadingProposal(p, finding, o)
	}
	return &proposal
}

func leadingProposal(p posterior, f review.Finding, o review.Observation) review.Proposal {
	f.Segment = o.Segment
	if o.Finding != nil {
		f.Start, f.End = o.Finding.Start, o.Finding.End
	}
	f.Message = fmt.Sprintf("Leading prompts are a habit: about %.0f %% of this user's recent prompts suggest their own answer.",
		math.Round(100*p.mean()))
	return review.Proposal{
		Finding: f, Strategy: "rewrite_as_question",
		Text: "Your prompt already contains an answer, and assistants tend to agree with it. You could ask it openly: say what you want to " +
			"find out, leave out what you expect, and ask what speaks for it and what against. Does the answer stay the same?",
	}
}

func acceptanceProposal(p posterior, f review.Finding, o review.Observation) review.Proposal {
	f.Segment = "response"
	f.Message = fmt.Sprintf("Uncritical acceptance risk: about %.0f %% of this user's recent answers were taken over unchanged, "+
		"unchecked and faster than they can be read.", math.Round(100*p.mean()))
	text := "You have been taking over answers very quickly. Before this one: which part would matter most if it were wrong, " +
		"and where could you check it?"
	switch {
	case o.KnownBad:
		f.Message += " This answer is known to be wrong."
		text = "Please look at this answer once more before you use it. Can you find one statement in it that you would want to check, " +
			"and a source that would settle it?"
	case o.RiskClass == "high":
		text = "A lot may depend on this answer. Before you use it: what would you have said yourself, where does the answer differ, " +
			"and which source could settle that?"
	}
	return review.Proposal{Finding: f, Strategy: "accuracy_prompt", Text: text}
}
