// Texts that scripts show: Vietnamese is the source, as everywhere; English by this table.
const ENGLISH = {
  'Đang lưu nháp…': 'Saving draft…',
  'Đã lưu nháp lúc {time}': 'Draft saved at {time}',
  'Chưa lưu được nháp, sẽ thử lại.': 'The draft could not be saved; trying again.',
  'Người khác vừa sửa nội dung này. Hãy chép lại phần của bạn rồi tải lại trang.':
    'Somebody else just changed this. Copy your part and reload the page.',
  'Có thay đổi chưa lưu': 'Unsaved changes',
  'Không kết nối được với máy chủ. Nội dung đã nhập vẫn còn trên trang này.':
    'The server cannot be reached. What you typed is still on this page.',
  'Máy chủ gặp lỗi. Nội dung đã nhập vẫn còn; xin thử lại sau ít phút.':
    'The server failed. What you typed is kept; please try again in a few minutes.',
  'Đóng thông báo': 'Close message',
  'Phóng to': 'Zoom in',
  'Thu nhỏ': 'Zoom out',
  'Vừa khung': 'Fit to view',
  'Sơ đồ chưa mở được: {reason}': 'The diagram could not be opened: {reason}',
  'quá hạn': 'overdue',
  'đang ở đây': 'is here',
  'Đang ở đây: {count}': 'Here now: {count}',
  'có sự cố': 'incident',
  'Không có lỗi': 'No findings',
  'Vì sao, sửa thế nào? (mở tab mới)': 'Why, and how to put it right? (new tab)',
  '{count} lỗi': '{count} errors',
  '{count} cảnh báo': '{count} warnings',
  'Đang kiểm tra…': 'Checking…',
  'Chưa kiểm tra được sơ đồ; sẽ thử lại khi sơ đồ thay đổi.': 'The diagram could not be checked; it is tried again on the next change.',
  'Đang lưu…': 'Saving…',
  'Đã lưu lúc {time}': 'Saved at {time}',
  'Chưa lưu được: {reason}': 'Not saved: {reason}',
  'Đang ban hành…': 'Publishing…',
  'Chưa ban hành được: {reason}': 'Not published: {reason}',
  'Máy chủ trả lời {status}': 'the server answered {status}',
  'mất kết nối': 'connection lost',
  'Đã giữ bản của bạn thành bản lưu.': 'Your drawing is kept as a copy.',
  'thêm': 'added',
  'bỏ': 'removed',
  'sửa': 'changed',
  'chỉ dời chỗ': 'only moved',
  'Thử': 'Try',
  'Trợ giúp': 'Help',
  'Sơ đồ quyết định': 'Decision diagram',
  'Mô hình chưa mở được: {reason}': 'The model could not be opened: {reason}',
  'Chưa thử được: {reason}': 'Not tried: {reason}',
  'Sửa hết lỗi rồi mới ban hành được.': 'Correct all errors before publishing.',
};

/** Give a text in the page's language. @param {string} template @param {Record<string, unknown>} [values] */
export function text(template, values = {}) {
  const wanted = document.documentElement.lang === 'en' ? (ENGLISH[template] ?? template) : template;
  return wanted.replace(/\{(\w+)\}/g, (place, name) => (name in values ? String(values[name]) : place));
}

/** Hour and minute of a moment as an official writes it. @param {Date} moment */
export function clockTime(moment) {
  return new Intl.DateTimeFormat('vi-VN', { hour: '2-digit', minute: '2-digit' }).format(moment);
}
