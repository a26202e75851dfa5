// Package simulation measures the detectors of conduct on people and programs that it makes up: ordinary ones, who come by
// day, in bursts and with heavy tails, and faults that are planted among them. It drives the real behavior.Tracker with a
// clock of its own; the same seed gives the same table.
//
// What it proves is bounded by how people are made up here (people.go). It finds detectors that cry wolf or sleep; it does
// not say how often they are wrong about people of flesh.
package simulation
