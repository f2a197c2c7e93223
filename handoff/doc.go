// Package handoff brings a person and a coordinator together.
//
// A [Case] is one hand-off, from the tap 「人と話す」 until it is closed. What may
// happen to it is decided by [Case.Apply], which is pure; [Desk] keeps the cases
// and writes a decided move in one atomic step, fenced by the case's revision:
// the case, its place in the line, who has it, its log, and what the resident's
// lane must hear of it all change together or not at all.
//
// Two things go round: notes come from a person's lane ([Desk.Take], which may
// be called again for ever with the same id), and acts of the desk go to the
// person's lane through [Teller], carried by [Desk.Run], one after the other for
// each person and as often as it takes. No word of anybody is kept here: a
// coordinator's answer passes through sealed, staff's own notes are sealed under
// the case's key.
package handoff
