package salon

// Field is one kind of value whose sight is decided role by role.
type Field string

const (
	Phone       Field = "phone"
	Email       Field = "email"
	WeChat      Field = "wechat"
	Address     Field = "address"
	Birthday    Field = "birthday"
	Photo       Field = "photo"
	Allergy     Field = "allergy"
	Formula     Field = "formula"
	Balance     Field = "balance"
	Cost        Field = "cost"
	Commission  Field = "commission"
	PrivateNote Field = "private_note"
)

// Fields in the order they are shown.
var Fields = []Field{Phone, Email, WeChat, Address, Birthday, Photo, Allergy, Formula, Balance, Cost, Commission, PrivateNote}

// Contacts are the fields the mask covers.
var Contacts = []Field{Phone, Email, WeChat, Address, Birthday}

// IsContact tells whether the mask covers the field.
func (f Field) IsContact() bool { return has(Contacts, f) }

// Known tells whether there is such a field.
func (f Field) Known() bool { return has(Fields, f) }

// Show is how much of a field somebody sees.
type Show string

const (
	Hidden  Show = "hidden" // not even that there is one
	Masked  Show = "masked" // that there is one, and what the mask leaves
	Visible Show = "visible"
)

var shows = map[Show]int{Hidden: 0, Masked: 1, Visible: 2}

// AtMost is the lesser of two; the zero Show is Hidden.
func (s Show) AtMost(other Show) Show {
	if shows[s] < shows[other] {
		return s.orHidden()
	}
	return other.orHidden()
}

func (s Show) orHidden() Show {
	if s == "" {
		return Hidden
	}
	return s
}

// MoreThan tells whether s shows more than other.
func (s Show) MoreThan(other Show) bool { return shows[s] > shows[other] }

// ContactOf is a stored value of a contact field as far as show allows.
func ContactOf(f Field, value string, show Show) Contact {
	switch {
	case value == "" && show != Hidden:
		return Contact{}
	case show == Visible:
		return PlainContact(value)
	case show != Masked:
		return Contact{masked: true}
	}
	switch f {
	case Phone:
		return MaskPhone(value)
	case Email:
		return MaskEmail(value)
	case Birthday:
		return maskBirthday(value)
	}
	return Contact{text: "••••", masked: true}
}

// maskBirthday keeps day and month, for a greeting, and never the year.
func maskBirthday(s string) Contact {
	if _, err := ParseDay(s); err != nil {
		return Contact{text: "••••", masked: true}
	}
	return Contact{text: "••••" + s[4:], masked: true}
}
