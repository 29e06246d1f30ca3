document.title = 'Holdover';
