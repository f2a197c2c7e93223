// Package house joins the parts and runs them: bot (carries words), flows
// (decides what is said) and handoff (brings a coordinator in) know nothing of
// each other, and meet only here.
//
//	commands.go               the whole command line; a command's file has its name
//	join.go                   builds the house: every part, joined
//	serve.go, demo.go         run it: for residents, or for whoever wants to try
//	reading.go, talk.go       where the words come from
//	desk.go, bells.go, …      what one part asks of another, a file for each errand
//	night.go, watch.go        what the house says of its own health
//	*_test.go                 the stories: a whole house, a real Redis, a real browser
package house
