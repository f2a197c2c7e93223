package emulator

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"
)

// pressed is what somebody did on the phone page.
type pressed struct {
	Do       string   `json:"do"`
	Text     string   `json:"text"`
	Data     string   `json:"data"`
	Shown    string   `json:"shown"`
	ID       string   `json:"id"`
	Pack     string   `json:"pack"`
	Keywords []string `json:"keywords"`
	Key      string   `json:"key"`
	Value    string   `json:"value"`
	Title    string   `json:"title"`
	Address  string   `json:"address"`
	Lat      float64  `json:"lat"`
	Lon      float64  `json:"lon"`
}

var errPressed = errors.New("emulator: no such thing to press")

func (e *Emulator) phoneAct(w http.ResponseWriter, r *http.Request) {
	user := e.phoneUser(r)
	var p pressed
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&p)
	if err == nil && user != "" {
		e.meetOnPhone(user)
		err = e.pressed(user, p)
	}
	if err != nil || user == "" {
		http.Error(w, "できませんでした", http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// pressed does it. Whoever has blocked the account can only unblock it.
func (e *Emulator) pressed(user string, p pressed) error {
	if e.hasBlocked(user) && !slices.Contains([]string{"follow", "weather"}, p.Do) {
		return errPressed
	}
	switch p.Do {
	case "text":
		if p.Text == "" || length(p.Text, utf16Units) > 10000 {
			return errPressed
		}
		e.SendText(user, p.Text)
	case "postback":
		e.Do(Postback(user, p.Data, p.Shown))
	case "picked":
		e.Do(Picked(user, p.Data, p.Key, p.Value))
	case "switch":
		e.switchMenu(user, p.Data, p.Value)
	case "sticker":
		e.Do(Sticker(user, p.Pack, p.ID, p.Keywords...))
	case "location":
		e.Do(Location(user, p.Title, p.Address, p.Lat, p.Lon))
	case "follow":
		e.Follow(user)
	case "unfollow":
		e.Unfollow(user)
	case "unsend":
		_, err := e.Unsend(p.ID)
		return err
	case "again":
		return e.bringLast(user)
	case "weather":
		return e.weather(p.Value)
	default:
		return errPressed
	}
	return nil
}

func (e *Emulator) hasBlocked(user string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.talk(user).blocked
}

// switchMenu is a tap on a tab of a rich menu: the phone changes the menu by
// itself and tells us afterwards.
func (e *Emulator) switchMenu(user, data, alias string) {
	e.mu.Lock()
	status, menu := "SUCCESS", e.aliases[alias]
	switch {
	case menu == "":
		status, alias = "RICHMENU_ALIAS_ID_NOTFOUND", ""
	case e.menus[menu] == nil:
		status, alias = "RICHMENU_NOTFOUND", ""
	default:
		e.talk(user).menu = menu
		e.wake()
	}
	e.mu.Unlock()
	e.Do(Switched(user, data, alias, status))
}

// bringLast brings the person's last event once more, to see that nothing happens twice.
func (e *Emulator) bringLast(user string) error {
	for _, ev := range slices.Backward(e.Events()) {
		if ev.From == user {
			_, err := e.Redeliver(ev.Event)
			return err
		}
	}
	return errPressed
}

// weather is how well LINE does today, for everybody: fine, slow or down.
func (e *Emulator) weather(today string) error {
	switch today {
	case "fine":
		e.Heal()
	case "slow":
		e.Heal()
		e.Fault(Fault{Slow: 2 * time.Second})
	case "down":
		e.Heal()
		e.Fault(Fault{Down: true})
	default:
		return errPressed
	}
	return nil
}
