// What the resident's page says in Korean: JSON between the first and the last line.
export default {
  "ok": "괜찮아요",
  "help": "도와주세요",
  "take_back": "잘못 눌렀어요",
  "loading": "잠시만 기다려 주세요.",
  "no_home": "아직 연결된 집이 없어요.",
  "choose": "어느 집인가요?",
  "back": "다른 집 보기",
  "menu": "메뉴 열기",
  "now": "지금 상태",
  "lost_line": "집과 연결이 끊겼어요. 다시 연결하고 있어요. 아래 내용은 조금 전 것일 수 있어요.",
  "call_119": "119에 전화하기",
  "belief": {
    "calm": "별일 없으신 것으로 알고 있어요.",
    "dim": "별일 없으신 것 같아요. 지금은 소식이 오지 않는 기기가 있어요.",
    "blind": "지금은 집 안 소식을 알 수 없어요. 도움이 필요하시면 꼭 눌러 주세요.",
    "away": "외출하신 것으로 알고 있어요. {until}까지예요.",
    "guest": "손님과 함께 계신 것으로 알고 있어요. {until}까지예요.",
    "quiet": "괜찮으세요?",
    "knock": "괜찮으세요?",
    "visit": "괜찮으세요?",
    "emergency": "도와 달라고 하셨어요.",
    "no_consent": "지금은 안부를 살피지 않고 있어요.",
    "not_ready": "지금은 연결을 준비하고 있어요."
  },
  "advice": {
    "quiet": "한동안 움직임이 없어서 여쭤봐요. 괜찮으시면 초록 단추를 눌러 주세요.",
    "knock": "전화로 안부를 여쭈려고 해요. 괜찮으시면 초록 단추를 눌러 주세요.",
    "visit": "찾아뵙고 안부를 여쭈려고 해요. 괜찮으시면 초록 단추를 눌러 주세요.",
    "visit_taken": "담당자가 찾아뵐 거예요. 괜찮으시면 초록 단추를 눌러 알려 주세요.",
    "emergency": "누군가 맡을 때까지 계속 알릴게요. 급하시면 119에 전화하세요.",
    "emergency_taken": "담당자가 살피고 있어요. 급하시면 119에 전화하세요.",
    "no_consent": "여기서 누르셔도 아무에게도 전해지지 않아요. 급하시면 119에 전화하세요.",
    "not_ready": "누르시면 준비되는 대로 전할게요. 급하시면 119에 전화하세요."
  },
  "last_sign": "마지막 움직임: {time}, {source}",
  "last_word": "마지막 소식: {time}",
  "no_sign": "아직 움직임을 본 적이 없어요.",
  "told": {
    "sending": "담당 기관에 알리고 있어요. 아직 받았다는 답은 없어요.",
    "sent": "담당 기관에 알렸어요. 받았다는 답을 기다리고 있어요.",
    "received": "담당 기관이 받았어요."
  },
  "answer": {
    "hold": "{who}에서 맡았어요. ({time})",
    "refused": "{who}에서 맡지 못했어요. 다른 분을 찾고 있어요. ({time})",
    "handled": "{who}에서 확인했어요. ({time})",
    "nobody_opened": "{who}에서 찾아갔지만 뵙지 못했어요. ({time})",
    "not_reached": "{who}에서 연락했지만 닿지 않았어요. ({time})",
    "guardian_informed": "{who}에서 보호자께 알렸어요. ({time})",
    "technical": "{who}에서 기기 문제로 보고 있어요. ({time})"
  },
  "contact": {
    "telling": "{name}님께 알리고 있어요.",
    "told": "{name}님께 알렸어요. ({time})",
    "unreached": "{name}님께는 아직 닿지 않았어요. 계속 알릴게요.",
    "coming": "{name}님이 오고 계세요. ({time})",
    "seen": "{name}님이 뵈었다고 하셨어요. ({time})"
  },
  "who": {
    "dong": "동 주민센터",
    "control": "관제센터",
    "guardian": "보호자 쪽",
    "staff": "담당 기관"
  },
  "press": {
    "sending": "전하고 있어요…",
    "ok_heard": "네, 괜찮으시다고 적어 두었어요. 고맙습니다.",
    "ok_noted": "괜찮으시다고 전했어요. 담당자가 한 번 더 확인할 거예요.",
    "help_heard": "도와 달라는 말씀을 받았어요. 담당 기관에 알리고 있어요.",
    "ok_waits": "연결이 끊겨 아직 전하지 못했어요. 계속 전해 볼게요.",
    "help_waits": "연결이 끊겨 아직 도움을 청하지 못했어요. 계속 전해 볼게요. 급하시면 119에 전화하세요.",
    "ok_too_late": "괜찮다는 말씀을 전하지 못했어요. 다시 한번 눌러 주세요.",
    "no_consent": "전해지지 않았어요. 급하시면 119에 전화하세요.",
    "unauthorized": "이 화면에서는 전할 수 없어요. 급하시면 119에 전화하세요.",
    "not_found": "이 집을 찾을 수 없어 전하지 못했어요. 급하시면 119에 전화하세요.",
    "take_back_heard": "알겠어요. 잘못 누르셨다고 알릴게요.",
    "take_back_too_late": "이미 도움을 청한 뒤예요. 잘못 누르셨다고 전해 둘게요. 담당자가 한 번 더 확인할 거예요.",
    "take_back_waits": "연결이 끊겨 아직 전하지 못했어요. 계속 전해 볼게요."
  },
  "time": {
    "today": "오늘 {clock}",
    "yesterday": "어제 {clock}",
    "other": "{date} {clock}"
  },
  "card": {
    "name": "안심 똑똑",
    "description": "‘괜찮아요’와 ‘도와주세요’ 큰 단추 두 개와 지금 상태를 보여 줍니다.",
    "home": "가구"
  }
};
