// Package web is Guardroom's HTTP face: it reads requests, calls the use cases of
// package review, and answers with JSON or with pages from package views.
//
// One table (routes.go) declares every route with who may call it; one function
// (admit) enforces that; one mapper (errors.go) turns errors into answers. The
// package knows neither SQL nor detectors nor how its dependencies are built: they
// come in through Deps.
package web
