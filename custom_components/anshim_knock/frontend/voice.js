// Says a sentence aloud where the device can: by its own voice, or at least by two tones.

let tones = null;

/** To be called within a touch: a browser lets a page sound only after one. */
export function allowSound() {
  const Audio = window.AudioContext ?? window.webkitAudioContext;
  if (!Audio) return;
  tones ??= new Audio();
  void tones.resume?.().catch(() => {});
}

export function sayAloud(sentence, language, { urgent = false } = {}) {
  if (window.speechSynthesis && window.SpeechSynthesisUtterance) {
    const spoken = new SpeechSynthesisUtterance(sentence);
    spoken.lang = language === "ko" ? "ko-KR" : "en-GB";
    spoken.rate = 0.9;
    speechSynthesis.cancel();
    speechSynthesis.speak(spoken);
  } else {
    // Android's web view has no voice of its own.
    sound(urgent ? [660, 440] : [520, 780]);
  }
}

function sound(pitches) {
  if (tones?.state !== "running") return;
  pitches.forEach((pitch, place) => {
    const start = tones.currentTime + place * 0.28;
    const tone = new OscillatorNode(tones, { frequency: pitch });
    const loudness = new GainNode(tones, { gain: 0.3 });
    tone.connect(loudness).connect(tones.destination);
    tone.start(start);
    tone.stop(start + 0.22);
  });
}
