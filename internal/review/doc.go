// Package review holds Guardroom's nouns and its use cases: an Interaction is
// submitted, screened and assessed, becomes an Item, is claimed and decided by a
// person, and its Decision is exported.
//
// The package knows neither HTTP nor SQL nor any detector. What it needs of them
// it declares as small interfaces (ports.go) and receives through constructors.
// It imports the standard library only.
package review
