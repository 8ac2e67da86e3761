const main = document.querySelector('main');
if (main) main.innerHTML = '<h1>TCP Scenarios</h1><button id="count">0</button>';
const button = document.querySelector<HTMLButtonElement>('#count');
button?.addEventListener('click', () => (button.textContent = String(Number(button.textContent) + 1)));
