// Package behavior sees people and Apps over time. One prompt can look harmless while a key is being drained, a model
// is being copied or an attack goes on; what tells is how much comes, how fast, how alike, and how unlike before.
//
// An Interaction becomes an event (event.go). Each event is added to the windows of its user and of its App (window.go);
// a window that is over is folded into a baseline that forgets (baseline.go); the detectors (one file each) compare the
// window that is open with the baseline, and say how unusual it is: a p-value decides whether they speak at all
// (tail.go), the distance how loudly.
//
// Memory is bounded: windows hold ten-second buckets only where something happened, users who stay away are dropped,
// and no text is kept, only sketches and hashes. The package stores nothing and decides nothing: what it finds goes
// through the policy like the Findings of every other detector. It knows no clock; time comes with the events.
//
// Sources: Welford 1962 for running variances; West & Harrison 1997 for discounting; the negative binomial as the
// predictive distribution of bursty counts.
package behavior
