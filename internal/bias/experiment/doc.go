// Package experiment says what an A/B test of Interventions has shown so far, at any time and as often as somebody
// looks: how strongly the outcomes speak against "no difference" (evidence.go), how large the difference is
// (interval.go), whether the arms were filled as drawn (balance.go), and what follows (report.go). It stores nothing,
// assigns nobody, knows no clock and draws no numbers.
//
// A page that is watched daily would make an ordinary p-value significant sooner or later. Everything here is valid
// under peeking: the evidence is an e-process (Ramdas et al. 2023, doi 10.1214/23-STS894), the estimate an asymptotic
// confidence sequence (Waudby-Smith et al. 2021, arXiv 2103.06476).
package experiment
