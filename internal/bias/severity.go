package bias

import "github.com/guardroom/guardroom/internal/review"

// stake is what a wrong answer means in a risk class.
type stake struct {
	errorRate float64 // P(the answer is wrong | risk class): a prior, until an App's own truth labels replace it
	cost      float64 // 1, 3 or 10
}

// stakeOf returns the stake of a risk class. An App that did not say gets the lowest: severity orders a queue,
// and a risk that nobody declared must not push others back.
func stakeOf(riskClass string) stake {
	switch riskClass {
	case "high":
		return stake{errorRate: 0.10, cost: 10}
	case "medium":
		return stake{errorRate: 0.07, cost: 3}
	default:
		return stake{errorRate: 0.05, cost: 1}
	}
}

// severityOf grades E[θ] · P(error | risk class) · cost: medium from .1, high from .3, critical when an error
// that was known or planted was accepted at high risk.
func severityOf(mean float64, o review.Observation) review.Severity {
	if o.KnownBad && o.RiskClass == "high" {
		return review.SeverityCritical
	}
	s := stakeOf(o.RiskClass)
	switch harm := mean * s.errorRate * s.cost; {
	case harm >= 0.3:
		return review.SeverityHigh
	case harm >= 0.1:
		return review.SeverityMedium
	default:
		return review.SeverityLow
	}
}
