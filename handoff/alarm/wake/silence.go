package wake

import "context"

// Silence is a call because LINE brings nothing any more. There is nobody to be
// answered and nothing to acknowledge: somebody shall look at the machine.
const Silence = "silence"

// Tell makes one call by every way to those who are called first, outside the ladder
// of a cry for help. It waits for all of them.
func (w *Waker) Tell(ctx context.Context, about, id string) (out int) {
	for _, way := range w.ways {
		limited, cancel := context.WithTimeout(ctx, patience)
		_, err := way.Call(limited, Ring{ID: id, Link: w.link, About: about})
		cancel()
		result := "out"
		if err != nil {
			result = "failed"
			w.log.Error("wake: a call did not go out", "way", way.Name(), "about", about, "err", err)
		} else {
			out++
		}
		w.calls.WithLabelValues(way.Name(), result).Inc()
	}
	return out
}

// silenceLetter is what such a call says by mail.
func silenceLetter(r Ring) (subject, body string) {
	return "縁側: LINE から何も届いていません", "開いている時間なのに、しばらく LINE から何も届いていません。住民のことばが、届いていないかもしれません。" +
		"\n縁側を動かしている人は、機械の様子を見てください（`engawa doctor`、手引きの「赤いとき」）。\n\n" + r.Link +
		"\n\nNothing has come from LINE for some time although the house is open. Whoever runs the machine: please look (engawa doctor).\n"
}
