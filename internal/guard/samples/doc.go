// Package samples reads labelled texts, one JSON object a line, that models are trained
// and measured on, and ranks what models say of them.
//
// It knows neither models nor detectors.
package samples
