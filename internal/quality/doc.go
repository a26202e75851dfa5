// Package quality measures how good the guard and the people are, from judgements that
// are handed in: ranking (ROC, AUROC, recall at a false positive rate), intervals for
// proportions. It knows neither where judgements are stored nor what they are about.
package quality
