// What the resident's page says in English: JSON between the first and the last line.
export default {
  "ok": "I am all right",
  "help": "Help me",
  "take_back": "I did not mean to",
  "loading": "Just a moment.",
  "no_home": "No home is connected yet.",
  "choose": "Which home?",
  "back": "See another home",
  "menu": "Open the menu",
  "now": "How things stand",
  "lost_line": "The line to your home is down. Connecting again. What you see below may be a little old.",
  "call_119": "Call 119",
  "belief": {
    "calm": "All seems well with you.",
    "dim": "All seems well with you. Some devices are not heard at the moment.",
    "blind": "Nothing can be seen of your home at the moment. If you need help, please do press.",
    "away": "You are out, as far as is known here, until {until}.",
    "guest": "You have guests, as far as is known here, until {until}.",
    "quiet": "Are you all right?",
    "knock": "Are you all right?",
    "visit": "Are you all right?",
    "emergency": "You have called for help.",
    "no_consent": "Nobody is looking after this home at the moment.",
    "not_ready": "The connection is being prepared."
  },
  "advice": {
    "quiet": "Nothing has moved for a while. If all is well, please press the green button.",
    "knock": "Somebody is going to telephone you. If all is well, please press the green button.",
    "visit": "Somebody is to come and see you. If all is well, please press the green button.",
    "visit_taken": "Somebody will come and see you. If all is well, please press the green button to say so.",
    "emergency": "This goes on until somebody takes it. If it is urgent, telephone 119.",
    "emergency_taken": "Somebody is seeing to it. If it is urgent, telephone 119.",
    "no_consent": "A press here reaches nobody. If it is urgent, telephone 119.",
    "not_ready": "A press is passed on as soon as it is ready. If it is urgent, telephone 119."
  },
  "last_sign": "Last sign: {time}, {source}",
  "last_word": "Last sign: {time}",
  "no_sign": "Nothing has been seen yet.",
  "told": {
    "sending": "Your care centre is being told. It has not answered yet.",
    "sent": "Your care centre was told. Waiting to hear that it arrived.",
    "received": "Your care centre has received it."
  },
  "answer": {
    "hold": "{who} is seeing to it ({time}).",
    "refused": "{who} could not take it; somebody else is being found ({time}).",
    "handled": "{who} has seen to it ({time}).",
    "nobody_opened": "{who} came but did not meet you ({time}).",
    "not_reached": "{who} tried but did not reach you ({time}).",
    "guardian_informed": "{who} has told your family ({time}).",
    "technical": "{who} thinks it is a fault of a device ({time})."
  },
  "contact": {
    "telling": "{name} is being told.",
    "told": "{name} was told ({time}).",
    "unreached": "{name} could not be reached yet. Still trying.",
    "coming": "{name} is on the way ({time}).",
    "seen": "{name} says that they have seen you ({time})."
  },
  "who": {
    "dong": "The community centre",
    "control": "The control centre",
    "guardian": "Your family",
    "staff": "The care centre"
  },
  "press": {
    "sending": "Passing it on…",
    "ok_heard": "Thank you. It is noted that you are all right.",
    "ok_noted": "It was passed on that you are all right. Somebody will make sure once more.",
    "help_heard": "Your call for help was heard. Your care centre is being told.",
    "ok_waits": "The line is down, so it was not passed on yet. Still trying.",
    "help_waits": "The line is down, so help was not called yet. Still trying. If it is urgent, telephone 119.",
    "ok_too_late": "It could not be passed on that you are all right. Please press once more.",
    "no_consent": "It was not passed on. If it is urgent, telephone 119.",
    "unauthorized": "This screen may not pass it on. If it is urgent, telephone 119.",
    "not_found": "This home was not found, so it was not passed on. If it is urgent, telephone 119.",
    "take_back_heard": "All right. Whoever was told will hear that it was a mistake.",
    "take_back_too_late": "Help was called already. It is noted that it was a mistake; somebody will make sure once more.",
    "take_back_waits": "The line is down, so it was not passed on yet. Still trying."
  },
  "time": {
    "today": "today {clock}",
    "yesterday": "yesterday {clock}",
    "other": "{date} {clock}"
  },
  "card": {
    "name": "Anshim Knock",
    "description": "Two large buttons, I am all right and Help me, and how things stand.",
    "home": "Household"
  }
};
