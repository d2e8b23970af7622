package salon

// RoleSheet is one role with all it may do and see.
type RoleSheet struct {
	ID      string
	Version int64
	Name    string // of a builtin role its id, a catalogue key
	Builtin bool
	Locked  bool // the owner's role is not edited
	Holders []Helper
	Grants  map[Act]Grant
	Fields  map[Field]Show
	Reveals int // masked contacts a person of this role may have shown a day
}

// Word is the role's name as an argument of a Sentence.
func (r RoleSheet) Word() any { return roleWord(r.Name, r.Builtin) }

func roleWord(name string, builtin bool) any {
	if builtin {
		return Word(name)
	}
	return name
}

// RoleChange is what is to become of one role. Acts and fields that are not
// named stay as they are; the zero Grant takes an act away.
type RoleChange struct {
	Role    string // "" makes a new role
	Version int64  // as the editor saw it; 0 for a new one
	CopyOf  string // what a new role begins as; "" is a role that may nothing
	Name    string // "" leaves it
	Grants  map[Act]Grant
	Fields  map[Field]Show
	Reveals *int
}

// RoleMove gives a person another role. The old one ends the same moment the
// new one begins.
type RoleMove struct {
	StaffID string
	Version int64
	Role    string // "" takes the role away
	From    Day    // "" or today: at once
	Ends    Day    // last day of a trial time, "" for no end
	Reason  string
}

// FieldSay is what a field is called in a sentence; a catalogue key.
func FieldSay(f Field) string {
	return map[Field]string{
		Phone: "phone numbers", Email: "e-mail addresses", WeChat: "WeChat names", Address: "postal addresses", Birthday: "birthdays",
		Photo: "photos", Allergy: "allergies", Formula: "formulas", Balance: "balances", Cost: "cost prices", Commission: "commission", PrivateNote: "private notes",
	}[f]
}

// ReachSay is what a reach is called in a sentence; a catalogue key.
func ReachSay(r Reach) string {
	return map[Reach]string{All: "everybody's", Branch: "of this branch", Served: "of clients they serve", Own: "their own",
		Money: "about money", Technical: "technical"}[r]
}

// SayGrant reads one grant back: what a role may from now on.
func SayGrant(role any, a ActInfo, g Grant) []Sentence {
	say, reach := Word(a.Say), Word(ReachSay(g.Reach))
	if len(a.Reaches) < 2 {
		return sayPlain(role, say, g)
	}
	switch g.Answer {
	case Yes:
		return []Sentence{Say("%s may %s: %s.", role, say, reach)}
	case Why:
		return []Sentence{Say("%s says why before they %s: %s.", role, say, reach)}
	case Flag:
		return []Sentence{Say("%s learns only that something is on file instead of being able to %s: %s.", role, say, reach)}
	case Ask:
		return []Sentence{Say("%s asks before they %s: %s.", role, say, reach)}
	case Two:
		return []Sentence{Say("%s needs a second person to %s: %s.", role, say, reach)}
	}
	return sayPlain(role, say, g)
}

func sayPlain(role any, say Word, g Grant) []Sentence {
	switch g.Answer {
	case Yes:
		out := []Sentence{}
		if g.LimitPercent > 0 {
			out = append(out, Say("%s asks before they %s over %d %%.", role, say, g.LimitPercent))
		}
		if g.LimitCents > 0 {
			out = append(out, Say("%s asks before they %s over %s.", role, say, Cents(g.LimitCents)))
		}
		if len(out) > 0 {
			return out
		}
		return []Sentence{Say("%s may %s.", role, say)}
	case Why:
		return []Sentence{Say("%s says why before they %s.", role, say)}
	case Flag:
		return []Sentence{Say("%s learns only that something is on file instead of being able to %s.", role, say)}
	case Ask:
		return []Sentence{Say("%s asks before they %s.", role, say)}
	case Two:
		return []Sentence{Say("%s needs a second person to %s.", role, say)}
	}
	return []Sentence{Say("%s may no longer %s.", role, say)}
}

// SayShow reads back what a role sees of a field.
func SayShow(role any, f Field, s Show) Sentence {
	field := Word(FieldSay(f))
	switch s {
	case Visible:
		return Say("%s sees %s.", role, field)
	case Masked:
		return Say("%s sees %s masked.", role, field)
	}
	return Say("%s does not see %s.", role, field)
}

// ExceptionRow is what one person may other than their role says.
type ExceptionRow struct {
	Helper
	Act    Act
	Grant  Grant  // Answer No takes the act away
	EndsAt string // "" for no end
	Reason string
	By     string
}
