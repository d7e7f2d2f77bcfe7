/** What GET /me says of Hoa, who has not answered for today's first shift. */
export const FORM = {
  rules: "workplace_2020@1",
  proposed: true,
  fever_from_c: 37.5,
  plausible_c: [34.0, 43.0],
  lookback_days: 14,
  symptoms: [
    { id: "fever", text: "Sốt", picture: "pic-fever" },
    { id: "cough", text: "Ho", picture: "pic-cough" },
  ],
  exposures: [
    { id: "contact_case", text: "Bạn có tiếp xúc với người mắc không?" },
    { id: "travel", text: "Bạn có đến tỉnh khác không?" },
  ],
  well_means: { text: "Nghĩa là: không sốt, ho; không tiếp xúc F0.", symptoms: ["fever", "cough"], exposures: ["contact_case"] },
};

export const SHIFT = {
  on: "2021-11-09",
  code: "ca1",
  text: "Ca 1",
  when: "today",
  starts_at: "2021-11-09T06:00:00+07:00",
  ends_at: "2021-11-09T14:00:00+07:00",
};

export const me = (more = {}) => ({
  account: { id: "account-hoa", name: "Nguyễn Thị Hoa", call_name: "Hoa", locale: "vi", roles: ["worker"] },
  worker: {
    id: "worker-hoa",
    badge: "SB-20417",
    name: "Nguyễn Thị Hoa",
    call_name: "Hoa",
    company: { code: "SB", name: "Điện tử Sao Bắc" },
    place: "Chuyền 3",
    safety_phone: "0900000118",
  },
  shift: SHIFT,
  check_in: null,
  form: FORM,
  consent: { needed: false, version: "1", title: "Đồng ý", paragraphs: [] },
  inbox: { unread: 2 },
  server_time: "2021-11-09T05:21:00+07:00",
  ...more,
});
