package flows

// RichMenu is what stands under the talk in LINE: six big fields and a strip.
// Here it is words and ways only; drawing it belongs to those who know LINE.
type RichMenu struct {
	Bar   Phrase     // the bar by which it is opened, ≤ 14 graphemes
	Cells []RichCell // big fields, 1..6
	Strip []RichCell // the strip below, ≤ 3: what must work while we are down
}

// RichCell is one area. Exactly one of its ways is set.
type RichCell struct {
	Label    Phrase
	Icon     string   // of the closed list of drawings; "" none
	Flow     FlowID   // leads to an entrance
	Exit     Exit     // is a way out
	Phone    string   // calls
	Contacts bool     // opens the static contacts page
	Scene    SceneKey // where Flow begins
}

// Data is what a tap on the area brings back, "" where nothing comes back. It
// carries neither bundle nor turn: a menu outlives both.
func (c *RichCell) Data() string {
	switch {
	case c.Scene != "":
		return EncodeTap(Tap{Exit: ExMenu, Arg: string(c.Scene)})
	case c.Exit != NoExit:
		return EncodeTap(Tap{Exit: c.Exit})
	}
	return ""
}
