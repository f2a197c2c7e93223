// Package preview lets somebody who writes the words see them at once: left the
// file, in the middle a phone, right the map of the flow. What is saved stands on
// the phone before the hand has left the key.
//
//	folder.go   follows a folder: every save is read, the last good reading talks on
//	walker.go   one made-up person, walked with the real Read and Step
//	talk.go     that person's phone: LINE's own rules, without LINE, store or desk
//	aloud.go    a screen as a screen reader says it, in order
//	sheet.go    a file with its current place and its faults
//	server.go   the pages; they know nothing of where they are mounted
//
// Nothing leaves the process and nobody real is met: `engawa preview` serves it on
// this machine over a folder, the console over the words in force.
package preview
