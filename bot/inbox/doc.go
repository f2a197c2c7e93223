// Package inbox keeps events until they have been answered, once each and in
// the order in which a person sent them.
//
// A person's events lie in one of N lanes (a Redis stream each). What is in the
// stream is unfinished: the commit of a turn deletes it, nothing else does. A
// process that works on a lane holds its lease, a random value that every commit
// compares; who has lost it can no longer write. [Appender] puts events in,
// [Reader] takes them out and hands each person's to a [Handler], persons side by
// side, one person strictly in order.
package inbox
