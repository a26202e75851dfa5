// Package logistic fits logistic regressions: rows of few features among many, an L2
// penalty, L-BFGS, and a calibration that makes a probability of a sum. What it
// minimizes by may minimize other objectives, too.
//
// It computes and knows nothing of texts. The same rows give the same weights to the
// last bit, however many processors there are.
package logistic
